package org.mdev4j.replay.transcript;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a trace tells of a subchannel's state machine: pairs of a state and the event that met it.
 * Recordings number them; here they have mdev4j's names (two states are called otherwise in the
 * kernel: 0 is NOT_OPER, 1 is STANDBY).
 */
final class StateEvents {
  private static final Pattern LINE =
      Pattern.compile("\\bvfio_ccw_fsm_event: .*\\bstate=(\\d+) event=(\\d+)");
  private static final List<String> STATES =
      List.of("BROKEN", "CLOSED", "IDLE", "CP_PROCESSING", "CP_PENDING");
  private static final List<String> EVENTS =
      List.of("BROKEN", "IO_REQ", "INTERRUPT", "ASYNC_REQ", "OPEN", "CLOSE");

  private StateEvents() {}

  /** The pairs among the lines of a trace, in order, as {@code STATE/EVENT}. */
  static List<String> of(JsonNode lines) {
    List<String> pairs = new ArrayList<>();
    for (JsonNode line : lines) {
      Matcher matcher = LINE.matcher(line.asText());
      if (matcher.find()) {
        pairs.add(name(STATES, matcher.group(1)) + "/" + name(EVENTS, matcher.group(2)));
      }
    }
    return pairs;
  }

  private static String name(List<String> names, String number) {
    int index = Integer.parseInt(number);
    if (index >= names.size()) {
      throw new TranscriptException("a trace tells of number " + number + " among " + names);
    }
    return names.get(index);
  }
}
