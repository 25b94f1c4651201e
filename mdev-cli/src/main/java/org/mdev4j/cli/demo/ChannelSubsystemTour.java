package org.mdev4j.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.css.CssMachines;

/** The part of the tour on a machine that has a channel subsystem: what is on its bus. */
final class ChannelSubsystemTour {
  private static final String SUBCHANNELS = "/sys/bus/css/devices";

  private ChannelSubsystemTour() {}

  static void give(Stage stage) {
    stage.chapter("Look at the subchannels of a mainframe that is not there");
    stage.say("Machine '" + CssMachines.DEFAULT + "' has a channel subsystem:");
    Host.Builder builder = Host.builder().name("css");
    CssMachines.find(CssMachines.DEFAULT).ifPresent(builder::machine);
    try (Host host = builder.start();
        Stream<Path> devices = Files.list(host.path(SUBCHANNELS))) {
      List<Path> subchannels =
          devices.filter(device -> Files.exists(device.resolve("chpids"))).sorted().toList();
      stage.output(
          String.format("%-10s %-9s %-25s %s", "SUBCHANNEL", "DEVICE", "CHPIDS", "DRIVER"));
      for (Path subchannel : subchannels) {
        stage.output(
            String.format(
                "%-10s %-9s %-25s %s",
                subchannel.getFileName(),
                Files.readString(subchannel.resolve("dev_busid")).strip(),
                Files.readString(subchannel.resolve("chpids")).strip(),
                Files.readSymbolicLink(subchannel.resolve("driver")).getFileName()));
      }
      if (subchannels.isEmpty()) {
        stage.surprise("the machine has no subchannels");
      }
    } catch (IOException failure) {
      stage.surprise(failure.toString());
    }
  }
}
