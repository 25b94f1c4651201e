package org.mdev4j.driver.ccw.program;

import org.mdev4j.sim.css.Ccw;

/** Whether a CCW moves data, and so needs its pages ({@code spec/ccw.md} 3.5). */
final class DataMovement {
  private static final int NOP = 0x03;

  private DataMovement() {}

  static boolean happensIn(Ccw ccw) {
    if (ccw.count() == 0 || ccw.command() == NOP) {
      return false;
    }
    // The channel takes no notice of SKIP when the device does not bring data in.
    return !ccw.has(Ccw.SKIP) || !Ccw.isInput(ccw.command());
  }
}
