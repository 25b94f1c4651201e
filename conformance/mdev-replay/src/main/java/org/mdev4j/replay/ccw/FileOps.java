package org.mdev4j.replay.ccw;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Forms;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;

/** Calls on files of {@code /sys} and {@code /dev}, as the s390x probe writes them down. */
final class FileOps {
  private static final int MOST_READ = 8191;
  private static final int LINK_MODE = 0777;

  private FileOps() {}

  static void addTo(Ops ops) {
    ops.add("find_subchannel", FileOps::findSubchannel);
    ops.add("setup_bind_vfio_ccw", FileOps::bind);
    ops.add("write_file", (step, session) -> write(step.args(), session));
    ops.add("read_file", FileOps::read);
    ops.add("list_dir", FileOps::list);
    ops.add("readlink", FileOps::readLink);
    ops.add("lstat", FileOps::stat);
    ops.add("group_number", FileOps::groupNumber);
    ops.calls().add("write", FileOps::write);
  }

  static ObjectNode write(Args args, Session session) {
    ObjectNode answer = session.syscalls().write(session.path(args), args.data());
    answer.remove("at");
    if (Answers.worked(answer)) {
      Reports.written(args, session);
    }
    return answer;
  }

  /** Several writes; the last one's answer counts. */
  private static JsonNode bind(Step step, Session session) throws InterruptedException {
    JsonNode last = Answers.object();
    for (Args call : step.args().calls("calls")) {
      last = session.calls().run(call, session);
    }
    return last;
  }

  private static JsonNode findSubchannel(Step step, Session session) {
    String link = session.syscalls().readLink(step.args().text("path"));
    String parent = link.substring(0, link.lastIndexOf('/'));
    return Answers.object().put("subchannel", parent.substring(parent.lastIndexOf('/') + 1));
  }

  /** Reads to the end. */
  private static JsonNode read(Step step, Session session) {
    try (SysfsFile file = session.host().tree().open(session.path(step.args()), OpenMode.READ)) {
      return Answers.object().put("text", new String(file.read(0, MOST_READ), ISO_8859_1));
    }
  }

  private static JsonNode list(Step step, Session session) {
    ObjectNode result = Answers.object();
    ArrayNode entries = result.putArray("entries");
    for (SysfsNode node : session.syscalls().directory(session.path(step.args())).children()) {
      ObjectNode entry = entries.addObject().put("name", node.name());
      describe(node).properties().forEach(field -> entry.set(field.getKey(), field.getValue()));
    }
    return result;
  }

  private static ObjectNode describe(SysfsNode node) {
    ObjectNode entry = Answers.object();
    switch (node) {
      case SysfsDirectory directory -> entry.put("type", "dir").put("mode", mode(directory.mode()));
      case SysfsLink link ->
          entry.put("type", "link").put("mode", mode(LINK_MODE)).put("target", link.text());
      case SysfsAttribute attribute ->
          entry
              .put("type", "file")
              .put("mode", mode(attribute.mode()))
              .put("size", attribute.size());
      case SysfsDeviceNode device -> entry.put("type", "chr").put("mode", mode(device.mode()));
    }
    return entry;
  }

  private static String mode(int mode) {
    return String.format(Locale.ROOT, "%04o", mode);
  }

  private static JsonNode readLink(Step step, Session session) {
    return Answers.object().put("target", session.syscalls().readLink(session.path(step.args())));
  }

  /** Says of what is there what was written down of it, if it was there. */
  private static JsonNode stat(Step step, Session session) {
    SysfsNode node = session.host().tree().resolve(session.path(step.args()), false);
    ObjectNode all = describe(node);
    JsonNode recorded = step.recorded().result();
    if (recorded.has("errno")) {
      return all;
    }
    ObjectNode result = Answers.object();
    for (var field : recorded.properties()) {
      JsonNode value = all.get(field.getKey());
      if (value != null) {
        result.set(field.getKey(), value);
      } else if (field.getKey().equals("ret")) {
        result.put("ret", 0);
      }
    }
    return result;
  }

  private static JsonNode groupNumber(Step step, Session session) {
    String link = session.syscalls().readLink(session.path(step.args()));
    String number = link.substring(link.lastIndexOf('/') + 1);
    try {
      return Answers.object()
          .set(
              "group",
              Forms.number(step.recorded().result().path("group"), Long.parseLong(number)));
    } catch (NumberFormatException strange) {
      throw new ErrnoException(Errno.EINVAL, "a group is a number, not '" + number + "'", strange);
    }
  }
}
