package org.mdev4j.driver.ccw.soak;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.CcwHost;

/**
 * A machine whose subchannels come and go. Whatever is asked of it may be in vain, since others
 * work on the same subchannels; then it says so. Thread-safe.
 */
final class SoakMachine {
  /** How many subchannels there are at most. */
  static final int SUBCHANNELS = 12;

  /** Subchannels from here on are behind a path that comes and goes. */
  static final int UNSTEADY = 9;

  private static final int STEADY_PATH = 0x20;
  private static final int UNSTEADY_PATH = 0x30;
  private static final int FIRST_DEVICE = 0x0200;

  /** Reads with input, delayed, with channel end first, with a unit check; writes. */
  private static final String COMMANDS =
      """
      {"02": {"data": "0102030405060708090a0b0c0d0e0f10"},
       "0A": {"data": "0102", "delayMillis": 40},
       "12": {"data": "0102", "delayMillis": 40, "channelEndFirst": true},
       "0E": {"data": "01", "status": "0E", "sense": "0800"},
       "05": {}, "01": {"take": 8}}
      """;

  static final String EMPTY =
      """
      {"paths": [{"chpid": "20"}, {"chpid": "30"}], "subchannels": []}
      """;

  private final CcwHost host;
  private final Ledger ledger;
  private final AtomicInteger created = new AtomicInteger();

  SoakMachine(CcwHost host, Ledger ledger) {
    this.host = host;
    this.ledger = ledger;
  }

  void plug(int number) {
    int path = number < UNSTEADY ? STEADY_PATH : UNSTEADY_PATH;
    attempt(
        "plug",
        () ->
            host.panel()
                .plug(
                    String.format(
                        "{\"number\": \"%04x\", \"device\": \"%04x\", \"chpids\": [\"%02x\"],"
                            + " \"kind\": \"test\", \"commands\": %s}",
                        number, FIRST_DEVICE + number, path, COMMANDS)));
  }

  void unplug(int number) {
    attempt("unplug", () -> host.panel().unplug(FIRST_DEVICE + number));
  }

  /** Something happens to a subchannel or a path; may wait until a user lets go. */
  void disturb(Random random) {
    int number = random.nextInt(SUBCHANNELS);
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        unplug(number);
        plug(number);
      }
      case 2 -> {
        var _ = write("unbind", directory(number) + "/driver/unbind", busId(number));
      }
      case 3 -> {
        String uuid = device(number);
        if (uuid != null) {
          var _ = write("remove", "/sys/bus/mdev/devices/" + uuid + "/remove", "1");
        }
      }
      case 4 -> {
        host.panel().configurePath(UNSTEADY_PATH, false);
        host.panel().configurePath(UNSTEADY_PATH, true);
      }
      case 5 -> {
        host.css().varyPath(UNSTEADY_PATH, false);
        host.css().varyPath(UNSTEADY_PATH, true);
      }
      case 6 ->
          attempt("attention", () -> host.panel().device(FIRST_DEVICE + number).present(0x80));
      default -> plug(number);
    }
  }

  /** The mediated device of a subchannel, made if there is none; null if that can't be now. */
  @Nullable String deviceOf(int number) {
    String there = device(number);
    if (there != null) {
      return there;
    }
    var _ = write("override", directory(number) + "/driver_override", "vfio_ccw");
    var _ = write("release", directory(number) + "/driver/unbind", busId(number));
    var _ = write("bind", "/sys/bus/css/drivers/vfio_ccw/bind", busId(number));
    String uuid = String.format("00000000-0000-4000-8000-%012x", created.incrementAndGet());
    String create = directory(number) + "/mdev_supported_types/vfio_ccw-io/create";
    return write("create", create, uuid) ? uuid : device(number);
  }

  private @Nullable String device(int number) {
    try (var devices =
        Files.newDirectoryStream(
            host.host.path(directory(number) + "/mdev_supported_types/vfio_ccw-io/devices"))) {
      for (var device : devices) {
        return device.getFileName().toString();
      }
    } catch (IOException | DirectoryIteratorException notThere) {
      return null;
    }
    return null;
  }

  private boolean write(String what, String file, String text) {
    try {
      Files.writeString(host.host.path(file), text, StandardOpenOption.WRITE);
      ledger.happened(what);
      return true;
    } catch (IOException inVain) {
      return false;
    }
  }

  private void attempt(String what, Runnable action) {
    try {
      action.run();
      ledger.happened(what);
    } catch (ErrnoException inVain) {
      ledger.happened(what + " in vain");
    }
  }

  private static String directory(int number) {
    return "/sys/bus/css/devices/" + busId(number);
  }

  private static String busId(int number) {
    return new SubchannelId(0, number).busId();
  }
}
