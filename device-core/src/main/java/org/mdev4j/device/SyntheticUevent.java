package org.mdev4j.device;

import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * What a user writes to an {@code uevent} file to have an event sent again: {@code ACTION [UUID
 * [KEY=VALUE ...]]}.
 *
 * @param action the action to announce
 * @param env {@code SYNTH_UUID}, which is 0 if the user gave none, and one {@code SYNTH_ARG_KEY}
 *     per argument
 */
record SyntheticUevent(Action action, List<String> env) {

  /**
   * @throws ErrnoException {@code EINVAL} for an unknown action, a malformed UUID or argument
   */
  static SyntheticUevent parse(String text) {
    String[] words = text.strip().split("\\s+", -1);
    Action action = action(words[0]);
    List<String> env = new ArrayList<>();
    if (words.length == 1) {
      return new SyntheticUevent(action, List.of("SYNTH_UUID=0"));
    }
    env.add("SYNTH_UUID=" + uuid(words[1]));
    for (int i = 2; i < words.length; i++) {
      if (!words[i].matches("[A-Za-z0-9]+=[A-Za-z0-9]+")) {
        throw invalid("argument '" + words[i] + "' is not KEY=VALUE in letters and digits");
      }
      env.add("SYNTH_ARG_" + words[i]);
    }
    return new SyntheticUevent(action, env);
  }

  private static Action action(String word) {
    for (Action action : Action.values()) {
      if (action.word().equals(word)) {
        return action;
      }
    }
    throw invalid("unknown action '" + word + "'");
  }

  private static String uuid(String word) {
    if (!word.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}")) {
      throw invalid("'" + word + "' is no UUID");
    }
    return word;
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, "synthetic uevent: " + why);
  }
}
