package org.mdev4j.cli;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mdev4j.device.DriverCore;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.replay.Replayer;
import org.mdev4j.testkit.architecture.CoreRules;
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
        VfioUserServer.class,
        Replayer.class,
        Main.class);
  }
}
