package org.mdev4j.samples.mdpy;

import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.OpenDevice;

/** A host with a display of one type, which a user has opened. */
final class OpenDisplay extends OpenDevice {
  OpenDisplay(Resolution resolution) {
    super(DriverSetup.of(new MdpyModule()), typeId(resolution));
  }

  static String typeId(Resolution resolution) {
    return "mdpy-" + resolution.type().name();
  }
}
