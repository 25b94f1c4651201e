package org.mdev4j.replay.ccw;

import org.mdev4j.replay.ops.Ops;

/** All ops of the s390x probe. */
public final class CcwOps {
  /** The device's file, on which calls are made that name none. */
  static final String DEVICE = "DEV";

  /** The container in which the device is. */
  static final String CONTAINER = "CONT";

  private CcwOps() {}

  public static Ops all() {
    Ops ops = Ops.common();
    FileOps.addTo(ops);
    RequestOps.addTo(ops);
    InfoOps.addTo(ops);
    IrqOps.addTo(ops);
    DmaOps.addTo(ops);
    MemoryOps.addTo(ops);
    RegionOps.addTo(ops);
    StartOps.addTo(ops);
    ThreadOps.addTo(ops);
    MachineOps.addTo(ops);
    return ops;
  }
}
