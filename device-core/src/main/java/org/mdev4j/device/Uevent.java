package org.mdev4j.device;

import java.util.List;
import java.util.Locale;

/**
 * An announcement of the driver core: something was added, removed, changed, bound or unbound.
 *
 * @param action what happened
 * @param devpath the object's path below {@code /sys}, with a leading slash
 * @param subsystem its bus or class, or {@code bus}, {@code class}, {@code drivers}, {@code module}
 * @param env further variables, {@code KEY=VALUE}, in the order in which the kernel sends them
 * @param seqnum number of the event on its host, from 1, without gaps
 */
public record Uevent(
    Action action, String devpath, String subsystem, List<String> env, long seqnum) {
  /** The actions that user space knows. */
  public enum Action {
    ADD,
    REMOVE,
    CHANGE,
    MOVE,
    ONLINE,
    OFFLINE,
    BIND,
    UNBIND;

    /** The action as it is written, for example {@code add}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Uevent {
    env = List.copyOf(env);
  }

  /** {@code action@devpath}, the first line of the message. */
  public String header() {
    return action.word() + "@" + devpath;
  }

  @Override
  public String toString() {
    return header()
        + " SUBSYSTEM="
        + subsystem
        + (env.isEmpty() ? "" : " " + String.join(" ", env));
  }
}
