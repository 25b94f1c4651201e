package org.mdev4j.vfio.dma;

/**
 * A MAP_DMA request ({@code spec/vfio.md} 5.2). Numbers are unsigned.
 *
 * @param argsz size of the user's structure in bytes
 * @param flags {@link #READ} and others
 * @param memory what is mapped
 * @param vaddr where in {@code memory} the mapping begins, in bytes
 * @param iova where devices find it
 * @param size bytes
 */
public record DmaMap(int argsz, int flags, GuestMemory memory, long vaddr, long iova, long size) {
  /** Size of the structure. */
  public static final int SIZE = 32;

  /** Devices may read. */
  public static final int READ = DeviceDma.READ;

  /** Devices may write. */
  public static final int WRITE = DeviceDma.WRITE;

  /** Gives a mapping whose memory was taken away other memory. */
  public static final int VADDR = 4;

  static final int KNOWN_FLAGS = READ | WRITE | VADDR;

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  int prot() {
    return flags & (READ | WRITE);
  }

  /** Only for a request that passed {@link DmaRules}. */
  IovaRange range() {
    return IovaRange.of(iova, size);
  }
}
