package org.mdev4j.samples.mbochs;

import static org.assertj.core.api.Assertions.assertThat;

import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.OpenDevice;
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics;

/** A host with a display of one type, which a user has opened. */
final class OpenDisplay extends OpenDevice {
  /** Where in the file the registers, the EDID region and the memory are. */
  static final long REGISTERS = 0x1000;

  static final long EDID = 0x2000;
  static final long MEMORY = 0x3000;

  private static final long VBE = REGISTERS + 0x500;

  OpenDisplay(MemorySize size) {
    super(DriverSetup.of(new MbochsModule()), typeId(size));
  }

  static String typeId(MemorySize size) {
    return "mbochs-" + size.type().name();
  }

  /** Sets a VBE register. */
  void vbe(int index, int value) {
    var _ = user().write16(VBE + 2L * index, value);
  }

  int vbe(int index) {
    return user().read16(VBE + 2L * index);
  }

  /** Sets a mode as a guest's driver does. */
  void mode(int width, int height) {
    vbe(4, 0);
    vbe(3, 32);
    vbe(1, width);
    vbe(2, height);
    vbe(5, 0);
    vbe(6, width);
    vbe(7, height);
    vbe(8, 0);
    vbe(9, 0);
    vbe(4, 0x41);
  }

  GfxPlane plane() {
    GfxPlane plane = file().queryPlane(64, 2, Graphics.PLANE_PRIMARY);
    assertThat(plane).isNotNull();
    return plane;
  }
}
