package org.mdev4j.samples.mbochs;

import org.mdev4j.vfio.model.Region.RegisterAccess;

/**
 * The registers behind BAR 2, by their addresses: the EDID, read only; the ports of a VGA, of which
 * there is none; the registers for the mode, 16 bits at a time. Everything else reads zero and
 * ignores writes.
 *
 * <p>Stateless.
 */
record Registers(EdidRegion edid, VbeRegisters vbe) implements RegisterAccess {
  static final int SIZE = 4096;

  private static final int VBE = 0x500;
  private static final int VBE_END = VBE + VbeRegisters.COUNT * Short.BYTES;

  @Override
  public long read(long offset, int width) {
    if (offset < EdidRegion.MAX_EDID_SIZE) {
      return edid.seenByGuest(offset, width);
    }
    return isVbe(offset, width) ? vbe.get(vbeIndex(offset)) : 0;
  }

  @Override
  public void write(long offset, int width, long value) {
    if (isVbe(offset, width)) {
      vbe.set(vbeIndex(offset), (int) value);
    }
  }

  private static boolean isVbe(long offset, int width) {
    return width == Short.BYTES && offset >= VBE && offset < VBE_END;
  }

  private static int vbeIndex(long offset) {
    return (int) (offset - VBE) / Short.BYTES;
  }
}
