package org.mdev4j.cli.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.mdev4j.cli.device.ChannelTalk;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.css.CssMachines;
import org.mdev4j.sim.css.CssPanel;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;

/**
 * The part of the tour on a machine that has a channel subsystem: a disk's subchannel is passed on
 * to a user, who runs channel programs, and is pulled while in use.
 */
final class ChannelSubsystemTour {
  private static final String SUBCHANNELS = "/sys/bus/css/devices/";
  private static final String SUBCHANNEL = "0.0.0000";
  private static final int DISK = 0x0120;
  private static final String UUID = "c0ffee00-0001-4000-8000-000000000120";

  private static final int SENSE_ID = 0xE4;
  private static final int DEFINE_EXTENT = 0x63;
  private static final int LOCATE = 0x43;
  private static final int READ = 0x42;
  private static final int NOP = 0x03;
  private static final int EXTENT = ChannelTalk.DATA;
  private static final int PLACE = ChannelTalk.DATA + 0x20;
  private static final int BLOCK = ChannelTalk.DATA + 0xF80;

  private final Host host;
  private final Stage stage;

  private ChannelSubsystemTour(Host host, Stage stage) {
    this.host = host;
    this.stage = stage;
  }

  /** Gives this part; how many devices were created. */
  static int give(Stage stage) {
    Host.Builder builder = Host.builder().name("css");
    CssMachines.find(CssMachines.DEFAULT).ifPresent(builder::machine);
    try (Host host = builder.start()) {
      ChannelSubsystemTour tour = new ChannelSubsystemTour(host, stage);
      tour.lookAtSubchannels();
      tour.passOn();
      tour.useAndPull();
    } catch (IOException | ErrnoException failure) {
      stage.surprise(failure.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private void lookAtSubchannels() throws IOException {
    stage.chapter("Look at the subchannels of a mainframe that is not there");
    stage.say("Machine '" + CssMachines.DEFAULT + "' has a channel subsystem:");
    stage.output(String.format("%-10s %-9s %-25s %s", "SUBCHANNEL", "DEVICE", "CHPIDS", "DRIVER"));
    for (String name : subchannels()) {
      Path subchannel = host.path(SUBCHANNELS + name);
      stage.output(
          String.format(
              "%-10s %-9s %-25s %s",
              name,
              Files.readString(subchannel.resolve("dev_busid")).strip(),
              Files.readString(subchannel.resolve("chpids")).strip(),
              Files.readSymbolicLink(subchannel.resolve("driver")).getFileName()));
    }
    if (subchannels().isEmpty()) {
      stage.surprise("the machine has no subchannels");
    }
  }

  private List<String> subchannels() throws IOException {
    try (Stream<Path> devices = Files.list(host.path(SUBCHANNELS))) {
      return devices
          .filter(device -> Files.exists(device.resolve("chpids")))
          .map(device -> String.valueOf(device.getFileName()))
          .sorted()
          .toList();
    }
  }

  private void passOn() {
    stage.chapter("Pass the disk's subchannel on to a user");
    host.modules().modprobe("vfio_iommu_type1");
    stage.command("modprobe vfio_ccw");
    host.modules().modprobe("vfio_ccw");
    Path subchannel = host.path(SUBCHANNELS + SUBCHANNEL);
    stage.echo("vfio_ccw", subchannel.resolve("driver_override"));
    stage.echo(SUBCHANNEL, host.path("/sys/bus/css/drivers/io_subchannel/unbind"));
    stage.echo(SUBCHANNEL, host.path("/sys/bus/css/drivers/vfio_ccw/bind"));
    Path type = subchannel.resolve("mdev_supported_types/vfio_ccw-io");
    stage.cat(type.resolve("name"));
    stage.echo(UUID, type.resolve("create"));
    stage.cat(type.resolve("available_instances"));
  }

  private void useAndPull() throws IOException, InterruptedException {
    try (OpenDevice user = host.service(Vfio.class).openDevice(UUID, "the demo")) {
      ChannelTalk talk = new ChannelTalk(user);
      stage.chapter("Run channel programs on it");
      askWhatItIs(talk);
      readBlock(talk);
      haltSuspended(talk);
      stage.chapter("Pull the disk while somebody uses it");
      pull(talk);
    }
    host.service(ChannelSubsystem.class).settle();
    waitUntilGone();
    stage.say("The user lets go, and nothing is left of it:");
    stage.command("ls " + SUBCHANNELS);
    stage.output(String.join("  ", subchannels()));
    if (subchannels().contains(SUBCHANNEL) || host.memory().inUse() != 0) {
      stage.surprise("something of it is left");
    }
  }

  private void askWhatItIs(ChannelTalk talk) throws InterruptedException {
    stage.say("SENSE ID, written to the I/O region; the interrupt says when it is done:");
    Irb irb = talk.run(new Ccw(SENSE_ID, Ccw.SUPPRESS_LENGTH, 40, ChannelTalk.DATA));
    show(irb, Scsw.START);
    byte[] id = talk.bytes(ChannelTalk.DATA, 7);
    String text = HexFormat.of().withUpperCase().formatHex(id);
    stage.output(
        String.format("control unit %s, device %s", text.substring(2, 6), text.substring(8, 12)));
  }

  private void readBlock(ChannelTalk talk) throws InterruptedException {
    stage.say("READ of block 0, into a buffer that crosses a page:");
    // The extent is block 0 alone; LOCATE asks to read one block from there.
    talk.put(EXTENT, new byte[16]);
    talk.put(
        PLACE, (byte) 0x06, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
    Irb irb =
        talk.run(
            new Ccw(DEFINE_EXTENT, Ccw.CHAIN_COMMAND, 16, EXTENT),
            new Ccw(LOCATE, Ccw.CHAIN_COMMAND, 8, PLACE),
            new Ccw(READ, 0, 512, BLOCK));
    show(irb, Scsw.START);
    String block = new String(talk.bytes(BLOCK, 512), US_ASCII);
    stage.output("\"" + block.lines().findFirst().orElse("") + "\"");
    if (!block.startsWith("mdev4j disk")) {
      stage.surprise("that is not the begin of the disk");
    }
  }

  private void haltSuspended(ChannelTalk talk) throws InterruptedException {
    stage.say("A program that suspends itself, and is halted:");
    talk.start(
        Orb.SUSPEND,
        new Ccw(NOP, Ccw.CHAIN_COMMAND | Ccw.SUPPRESS_LENGTH, 1, ChannelTalk.DATA),
        new Ccw(NOP, Ccw.SUSPEND | Ccw.SUPPRESS_LENGTH, 1, ChannelTalk.DATA));
    show(talk.awaitStatus(), Scsw.SUSPENDED);
    talk.halt();
    show(talk.awaitStatus(), Scsw.HALT);
  }

  private void pull(ChannelTalk talk) throws InterruptedException {
    host.service(CssPanel.class).unplug(DISK);
    talk.awaitRequest();
    stage.say("The user is asked to let go. What is tried meanwhile is refused:");
    try {
      talk.start(0, new Ccw(NOP, Ccw.SUPPRESS_LENGTH, 1, ChannelTalk.DATA));
      stage.surprise("a program was started on a disk that is gone");
    } catch (ErrnoException refusal) {
      stage.output(refusal.summary());
      if (refusal.errno() != Errno.EIO) {
        stage.surprise("expected EIO");
      }
    }
  }

  private void show(Irb irb, int expected) {
    stage.output(irb.scsw().toString());
    if (!irb.scsw().has(expected)) {
      stage.surprise(String.format("expected 0x%x in word 0", expected));
    }
  }

  private void waitUntilGone() throws InterruptedException {
    for (int i = 0; i < 1000 && Files.exists(host.path(SUBCHANNELS + SUBCHANNEL)); i++) {
      Thread.sleep(10);
    }
  }
}
