package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.ap.ApBus;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.host.FoundModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.fuse.SysfsMount;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.replay.Replayer;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.sim.css.CssPanel;
import org.mdev4j.testkit.architecture.CoreRules;
import org.mdev4j.testkit.architecture.ModuleRules;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfiouser.server.VfioUserServer;

@DisplayName("The floors, seen from the top")
class ArchitectureTest {
  private static final int LEAST_CLASSES = 700;

  /** The cores, the simulators and all drivers, looked at together. */
  @TestFactory
  Stream<DynamicTest> keepsTheRules() {
    Stream<Class<?>> ours =
        Stream.of(
            DriverCore.class,
            Vfio.class,
            ChannelSubsystem.class,
            CssPanel.class,
            ApBus.class,
            ApPanel.class,
            Mdev.class,
            SysfsMount.class,
            VfioUserServer.class,
            Replayer.class,
            Main.class);
    List<Class<?>> drivers = new ArrayList<>();
    try (Host host = Host.start()) {
      for (FoundModule found : host.modules().found()) {
        drivers.add(Objects.requireNonNull(found.module()).getClass());
      }
    }
    assertThat(drivers).as("loadable modules, those of the cores too").hasSizeGreaterThan(5);
    return CoreRules.of(
        LEAST_CLASSES, Stream.concat(ours, drivers.stream()).distinct().toArray(Class[]::new));
  }

  /** What a driver author can use. */
  @TestFactory
  Stream<DynamicTest> modulesShowWhatTheySay() {
    String device = "org.mdev4j.device";
    String vfio = "org.mdev4j.vfio";
    return Stream.of(
        ModuleRules.exports(
            DriverCore.class,
            device,
            device + ".errno",
            device + ".host",
            device + ".lifetime",
            device + ".sysfs"),
        ModuleRules.exports(
            Vfio.class,
            vfio,
            vfio + ".dma",
            vfio + ".irq",
            vfio + ".migration",
            vfio + ".model",
            vfio + ".pci"),
        ModuleRules.exports(Mdev.class, "org.mdev4j.mdev"),
        ModuleRules.exports(
            ChannelSubsystem.class,
            "org.mdev4j.css",
            "org.mdev4j.css.hardware",
            "org.mdev4j.css.layout"),
        ModuleRules.exports(CssPanel.class, "org.mdev4j.sim.css"),
        ModuleRules.exports(ApBus.class, "org.mdev4j.ap", "org.mdev4j.ap.hardware"),
        ModuleRules.exports(ApPanel.class, "org.mdev4j.sim.ap"),
        ModuleRules.exports(SysfsMount.class, "org.mdev4j.fuse"),
        ModuleRules.exports(
            VfioUserServer.class, "org.mdev4j.vfiouser.client", "org.mdev4j.vfiouser.server"),
        ModuleRules.exports(Replayer.class, "org.mdev4j.replay"),
        ModuleRules.exports(Main.class));
  }

  /** Those of the drivers are tested by the drivers. */
  @TestFactory
  Stream<DynamicTest> modulesStandOnWhatTheySay() {
    String device = "org.mdev4j.device";
    String vfio = "org.mdev4j.vfio";
    String mdev = "org.mdev4j.mdev";
    String css = "org.mdev4j.css";
    String simCss = "org.mdev4j.sim.css";
    String replay = "org.mdev4j.replay";
    String slf4j = "org.slf4j";
    String jspecify = "org.jspecify";
    String jackson = "com.fasterxml.jackson.databind";
    return Stream.of(
        ModuleRules.requires(DriverCore.class, slf4j, jspecify),
        ModuleRules.requires(Vfio.class, device, slf4j, jspecify),
        ModuleRules.requires(ChannelSubsystem.class, device, slf4j, jspecify),
        ModuleRules.requires(CssPanel.class, css, jackson, slf4j, jspecify),
        ModuleRules.requires(ApBus.class, device, slf4j, jspecify),
        ModuleRules.requires(ApPanel.class, "org.mdev4j.ap", jackson, jspecify),
        ModuleRules.requires(Mdev.class, device, vfio, slf4j, jspecify),
        ModuleRules.requires(SysfsMount.class, device, slf4j, jspecify),
        ModuleRules.requires(VfioUserServer.class, device, vfio, jackson, slf4j, jspecify),
        ModuleRules.requires(Replayer.class, device, vfio, mdev, css, simCss, jackson, jspecify),
        ModuleRules.requires(
            Main.class,
            device,
            vfio,
            mdev,
            css,
            simCss,
            "org.mdev4j.ap",
            "org.mdev4j.sim.ap",
            "org.mdev4j.fuse",
            "org.mdev4j.vfiouser",
            replay,
            jackson,
            slf4j,
            jspecify,
            "info.picocli",
            "java.desktop",
            "jdk.unsupported",
            "org.jline"));
  }
}
