package org.mdev4j.replay.rules;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Bindings;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/**
 * A mediated device that was unbound by hand can be bound to its driver again. In the kernel it
 * can't (its bus matches nothing), so all that can be done with it is to remove it.
 */
final class BoundAgain {
  private static final String GROUPS = "/sys/kernel/iommu_groups";
  private static final String NODES = "/dev/vfio";
  private static final String INDEXES = "/sys/class/vfio-dev";
  private static final Pattern BIND = Pattern.compile("/sys/bus/mdev/drivers/([^/]+)/bind");
  private static final Pattern DEVICE =
      Pattern.compile("/sys/(?:bus|devices)/.*/([0-9a-f-]{36})(/[a-z_]+)?/?");

  private BoundAgain() {}

  abstract static sealed class Base implements Rule {
    private final String name;

    Base(String name) {
      this.name = name;
    }

    @Override
    public final String name() {
      return name;
    }

    @Override
    public final Reason reason() {
      return Reason.KERNEL_IS_WRONG;
    }

    static boolean isWrite(Step step) {
      return step.op().equals("write") || step.op().equals("write_file");
    }

    /**
     * The device that was bound again and that the step's path names.
     *
     * @param file the file in its directory that the path must name, or empty for the directory
     */
    static @Nullable String device(Step step, Session session, String file) {
      if (!step.args().has("path")) {
        return null;
      }
      Matcher path = DEVICE.matcher(session.path(step.args()));
      if (!path.matches()) {
        return null;
      }
      String named = path.group(2) == null ? "" : path.group(2).substring(1);
      return named.equals(file) && session.bindings().isBoundAgain(path.group(1))
          ? path.group(1)
          : null;
    }
  }

  /** Writing a device that was unbound to {@code bind} works, and announces what create does. */
  static final class Bind extends Base {
    Bind() {
      super("bind-again");
    }

    @Override
    public @Nullable Observation expect(Step step, Session session) {
      if (!isWrite(step) || !step.args().has("path")) {
        return null;
      }
      Matcher path = BIND.matcher(step.args().text("path"));
      JsonNode recorded = step.recorded().result();
      if (!path.matches() || !recorded.path("errno").asText().equals("ENODEV")) {
        return null;
      }
      byte[] data = step.args().data();
      String name = new String(data, ISO_8859_1);
      String uuid = name.endsWith("\n") ? name.substring(0, name.length() - 1) : name;
      Bindings bindings = session.bindings();
      if (!bindings.isUnbound(uuid) || !wasBoundTo(path.group(1), bindings.bindEvents(uuid))) {
        return null;
      }
      ArrayNode uevents = Answers.array();
      for (Uevent event : bindings.bindEvents(uuid)) {
        uevents.add(
            session.writtenAsRecorded(
                renumbered(
                    event,
                    firstFree(session, GROUPS, ""),
                    firstFree(session, INDEXES, "vfio"),
                    freeMinor(session))));
      }
      return Observation.of(Answers.ret(data.length), uevents);
    }

    private static boolean wasBoundTo(String driver, List<Uevent> events) {
      return events.stream()
          .anyMatch(
              event -> event.action() == Action.BIND && event.env().contains("DRIVER=" + driver));
    }

    /** The event of the first binding, with the numbers that are the smallest free ones now. */
    private static Uevent renumbered(Uevent event, int group, int index, int minor) {
      String path =
          event
              .devpath()
              .replaceFirst("(virtual/vfio/)\\d+$", "$1" + group)
              .replaceFirst("(vfio-dev/vfio)\\d+$", "$1" + index);
      List<String> env =
          event.env().stream()
              .map(
                  variable ->
                      variable
                          .replaceFirst("^(DEVNAME=vfio/)\\d+$", "$1" + group)
                          .replaceFirst("^(MINOR=)\\d+$", "$1" + minor))
              .toList();
      return new Uevent(event.action(), path, event.subsystem(), env, event.seqnum());
    }

    private static int firstFree(Session session, String directory, String prefix) {
      List<String> names = session.syscalls().names(directory);
      int number = 0;
      while (names.contains(prefix + number)) {
        number++;
      }
      return number;
    }

    private static int freeMinor(Session session) {
      List<Integer> minors;
      try {
        SysfsDirectory nodes = session.syscalls().directory(NODES);
        minors =
            nodes.children().stream()
                .filter(node -> !node.name().equals("vfio"))
                .map(Bind::minor)
                .toList();
      } catch (ErrnoException noDirectory) {
        minors = List.of();
      }
      int minor = 0;
      while (minors.contains(minor)) {
        minor++;
      }
      return minor;
    }

    private static int minor(SysfsNode node) {
      return node instanceof SysfsDeviceNode device ? device.minor() : -1;
    }
  }

  /** Its directory shows again what it showed while it was bound the first time. */
  static final class Listed extends Base {
    private static final Pattern GROUP = Pattern.compile("(iommu_groups/)\\d+$");
    private static final Pattern INDEX = Pattern.compile("(vfio-dev/vfio)\\d+");

    Listed() {
      super("bound-again-listing");
    }

    @Override
    public @Nullable Observation expect(Step step, Session session) {
      boolean tree = step.op().equals("tree");
      String uuid = tree || step.op().equals("ls") ? Base.device(step, session, "") : null;
      ArrayNode before = uuid == null ? null : session.bindings().listing(uuid);
      if (before == null) {
        return null;
      }
      int depth = tree ? step.args().size("depth") : 1;
      String path = session.path(step.args());
      String directory = path.endsWith("/") ? path : path + "/";
      String group = session.syscalls().readLink(directory + "iommu_group");
      List<String> indexes = session.syscalls().names(directory + "vfio-dev");
      String index = indexes.isEmpty() ? "" : indexes.getFirst().replaceFirst("\\D+", "");
      ArrayNode entries = Answers.array();
      for (JsonNode entry : before) {
        String name = entry.path("p").asText();
        if (name.chars().filter(letter -> letter == '/').count() < depth) {
          ObjectNode now = entry.deepCopy();
          now.put("p", INDEX.matcher(name).replaceFirst("$1" + index));
          if (now.has("link")) {
            now.put(
                "link",
                GROUP
                    .matcher(now.path("link").asText())
                    .replaceFirst("$1" + group.substring(group.lastIndexOf('/') + 1)));
          }
          entries.add(now);
        }
      }
      return Observation.of(Answers.object().set("entries", entries), step.recorded().uevents());
    }
  }

  /** A link of its directory is there again as it was. */
  static final class Linked extends Base {
    Linked() {
      super("bound-again-link");
    }

    @Override
    public @Nullable Observation expect(Step step, Session session) {
      if (!step.op().equals("readlink") || !step.recorded().result().has("errno")) {
        return null;
      }
      String path = session.path(step.args());
      String name = path.substring(path.lastIndexOf('/') + 1);
      String uuid = Base.device(step, session, name);
      ArrayNode before = uuid == null ? null : session.bindings().listing(uuid);
      if (before == null) {
        return null;
      }
      for (JsonNode entry : before) {
        if (entry.path("p").asText().equals(name) && entry.has("link")) {
          return step.recorded().giving(Answers.object().set("target", entry.path("link")));
        }
      }
      return null;
    }
  }

  /** Its removal announces all that a bound device's does, not only the last event. */
  static final class Removed extends Base {
    Removed() {
      super("bound-again-removal");
    }

    @Override
    public @Nullable Observation expect(Step step, Session session) {
      boolean write = isWrite(step) || step.op().equals("remove");
      String uuid = write ? Base.device(step, session, "remove") : null;
      ArrayNode recorded = step.recorded().uevents();
      if (uuid == null || recorded == null || recorded.size() != 1) {
        return null;
      }
      ArrayNode uevents = Answers.array();
      for (Uevent event : session.bindings().bindEvents(uuid).reversed()) {
        if (event.action() == Action.ADD) {
          uevents.add(session.writtenAsRecorded(undone(event, Action.REMOVE, event.env())));
        }
      }
      Uevent bound = session.bindings().bindEvents(uuid).getLast();
      uevents.add(session.writtenAsRecorded(undone(bound, Action.UNBIND, List.of())));
      uevents.add(recorded.path(0));
      return Observation.of(step.recorded().result(), uevents);
    }

    private static Uevent undone(Uevent event, Action action, List<String> env) {
      return new Uevent(action, event.devpath(), event.subsystem(), env, 0);
    }
  }
}
