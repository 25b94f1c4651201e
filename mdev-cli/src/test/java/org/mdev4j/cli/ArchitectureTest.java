package org.mdev4j.cli;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.device.DriverCore;
import org.mdev4j.fuse.SysfsMount;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.replay.Replayer;
import org.mdev4j.sim.ap.ApBus;
import org.mdev4j.sim.css.ChannelSubsystem;
import org.mdev4j.testkit.architecture.CoreRules;
import org.mdev4j.testkit.architecture.ModuleRules;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfiouser.server.VfioUserServer;

@DisplayName("The floors, seen from the top")
class ArchitectureTest {
  private static final int LEAST_CLASSES = 200;

  @TestFactory
  Stream<DynamicTest> keepsTheRules() {
    return CoreRules.of(
        LEAST_CLASSES,
        DriverCore.class,
        Vfio.class,
        Mdev.class,
        SysfsMount.class,
        VfioUserServer.class,
        Replayer.class,
        Main.class);
  }

  /** Those of the drivers are tested by the drivers. */
  @TestFactory
  Stream<DynamicTest> modulesStandOnWhatTheySay() {
    String device = "org.mdev4j.device";
    String vfio = "org.mdev4j.vfio";
    String mdev = "org.mdev4j.mdev";
    String css = "org.mdev4j.sim.css";
    String replay = "org.mdev4j.replay";
    String slf4j = "org.slf4j";
    String jspecify = "org.jspecify";
    String jackson = "com.fasterxml.jackson.databind";
    return Stream.of(
        ModuleRules.requires(DriverCore.class, slf4j, jspecify),
        ModuleRules.requires(Vfio.class, device, slf4j, jspecify),
        ModuleRules.requires(ChannelSubsystem.class, device, jackson, slf4j, jspecify),
        ModuleRules.requires(ApBus.class, device, jackson, slf4j, jspecify),
        ModuleRules.requires(Mdev.class, device, vfio, slf4j, jspecify),
        ModuleRules.requires(SysfsMount.class, device, slf4j, jspecify),
        ModuleRules.requires(VfioUserServer.class, device, vfio, jackson, slf4j, jspecify),
        ModuleRules.requires(Replayer.class, device, vfio, mdev, css, jackson, jspecify),
        ModuleRules.requires(
            Main.class,
            device,
            vfio,
            mdev,
            css,
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
