package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.transcript.TranscriptException;
import org.mdev4j.sim.css.Console;
import org.mdev4j.sim.css.CssPanel;

/** What was done to the machine from outside: devices pulled and plugged, a terminal's user. */
final class MachineOps {
  /** Device numbers by the names that the machine's devices have in commands. */
  private static final Map<String, Integer> NUMBERS =
      Map.of("d1", 0x1001, "d2", 0x1002, "d3", 0x1003, "d4", 0x1004);

  private static final int TERMINAL = 0x1003;
  private static final Pattern DEVICE_NUMBER = Pattern.compile("(?:fe|0)\\.0\\.([0-9a-fA-F]{4})");
  private static final Pattern ID = Pattern.compile("\\bd[1-4]\\b");

  /** Enter, as a terminal sends it: the key, and a cursor address. */
  private static final byte[] ENTER = {0x7D, 0x40, 0x40};

  private MachineOps() {}

  static void addTo(Ops ops) {
    ops.add("qemu_monitor", (step, session) -> command(step, session));
  }

  private static JsonNode command(Step step, Session session) {
    Args args = step.args();
    CssPanel panel = session.host().service(CssPanel.class);
    String words = (args.text("cmd", "") + " " + args.text("means", "")).toLowerCase(Locale.ROOT);
    if (words.contains("device_del") || words.contains("unplug")) {
      panel.unplug(number(args));
      session.shadows().pulled(String.format(Locale.ROOT, "0.0.%04x", number(args)));
    } else if (words.contains("device_add") || words.contains("plug")) {
      panel.plug(description(number(args), words));
    } else if (words.contains("disconnect") || words.contains("close")) {
      terminal(panel).disconnect();
    } else if (words.contains("connect")) {
      terminal(panel).connect(screen -> {});
    } else if (words.contains("aid") || words.contains("enter")) {
      terminal(panel).input(ENTER.clone());
    } else {
      throw new TranscriptException("what is meant by: " + args);
    }
    return Answers.object().put("sent", "yes");
  }

  private static Console terminal(CssPanel panel) {
    Console console = panel.device(TERMINAL).console();
    if (console == null) {
      throw new ErrnoException(Errno.ENODEV, "device 1003 is no terminal");
    }
    return console;
  }

  private static int number(Args args) {
    for (String name : new String[] {"devno", "cmd"}) {
      Matcher number = DEVICE_NUMBER.matcher(args.text(name, ""));
      if (number.find()) {
        return Integer.parseInt(number.group(1), 16);
      }
    }
    Matcher id = ID.matcher(args.text("cmd", ""));
    @Nullable Integer known = id.find() ? NUMBERS.get(id.group()) : null;
    if (known == null) {
      throw new TranscriptException("which device is meant by: " + args);
    }
    return known;
  }

  /** A device of the kind that the command names, else of the one that had the number. */
  private static String description(int number, String words) {
    boolean disk =
        words.contains("virtio-blk") || (!words.contains("virtio-rng") && number == 0x1002);
    return String.format(
        Locale.ROOT,
        "{\"device\": \"%04x\", \"chpids\": [\"00\"], \"kind\": \"virtio\", %s}",
        number,
        disk ? "\"virtio\": 2, \"queues\": 2" : "\"virtio\": 4");
  }
}
