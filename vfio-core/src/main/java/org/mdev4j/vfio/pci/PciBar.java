package org.mdev4j.vfio.pci;

/**
 * A base address register: how much address space a device asks for, and of which kind.
 *
 * @param size bytes, a power of two; 0 if the register is not implemented
 * @param type the low bits, which never change
 */
public record PciBar(long size, int type) {
  /** A register that is not implemented. */
  public static final PciBar NONE = new PciBar(0, 0);

  private static final int IO = 1;
  private static final int PREFETCHABLE = 8;
  private static final int IO_TYPE_BITS = 0x3;
  private static final int MEMORY_TYPE_BITS = 0xf;

  /** The least sizes at which no type bit is an address bit. */
  private static final long LEAST_IO = 4;

  private static final long LEAST_MEMORY = 16;
  private static final long MOST = 1L << 31;

  public PciBar {
    long least = type == IO ? LEAST_IO : LEAST_MEMORY;
    if (type != 0 && type != IO && type != PREFETCHABLE) {
      throw new IllegalArgumentException("no type of BAR: 0x" + Integer.toHexString(type));
    }
    boolean none = size == 0 && type == 0;
    if (!none && (size < least || size > MOST || Long.bitCount(size) != 1)) {
      throw new IllegalArgumentException("no size of a BAR: " + size);
    }
  }

  /** I/O ports. */
  public static PciBar io(long size) {
    return new PciBar(size, IO);
  }

  /** Memory below 4 GiB, of registers: reading it may have effects. */
  public static PciBar memory(long size) {
    return new PciBar(size, 0);
  }

  /** Memory below 4 GiB that can be read ahead. */
  public static PciBar prefetchableMemory(long size) {
    return new PciBar(size, PREFETCHABLE);
  }

  /**
   * The bits that a guest can set: those of an address that is a multiple of the size. This is what
   * tells the size, too: after a write of all ones they are what reads as one.
   */
  int addressBits() {
    return size == 0 ? 0 : (int) -size & ~(type == IO ? IO_TYPE_BITS : MEMORY_TYPE_BITS);
  }
}
