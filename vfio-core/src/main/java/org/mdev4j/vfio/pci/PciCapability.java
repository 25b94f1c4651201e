package org.mdev4j.vfio.pci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A capability in the list of a configuration space: an id, the pointer to the next one, which the
 * {@linkplain PciConfigSpace.Builder#capability builder} sets, and a body.
 *
 * <p>Immutable.
 */
public final class PciCapability {
  private static final int HEADER_SIZE = 2;
  private static final int MSI = 0x05;
  private static final int VENDOR_SPECIFIC = 0x09;
  private static final int MSIX = 0x11;

  private static final int MSI_BODY_SIZE = 12;
  private static final int MSI_MAX_VECTORS = 32;
  private static final int MSI_64_BIT = 0x80;

  /** Enable, and how many vectors the guest has enabled. */
  private static final byte MSI_CONTROL_BITS = 0x71;

  private static final int MSI_LOW_ADDRESS_BITS = 0xfc;

  private static final int MSIX_BODY_SIZE = 10;
  private static final int MSIX_MAX_VECTORS = 2048;

  /** In the upper byte: enable, and mask of all vectors. */
  private static final int MSIX_CONTROL_BITS = 0xc0;

  private static final int BAR_BITS = 0x7;

  private final int id;
  private final byte[] body;
  private final byte[] writable;

  private PciCapability(int id, byte[] body, byte[] writable) {
    this.id = id;
    this.body = body;
    this.writable = writable;
  }

  /**
   * What a vendor has to say; nothing of it can be written.
   *
   * @param contents what follows the byte that tells the length
   */
  public static PciCapability vendorSpecific(byte... contents) {
    byte[] body = new byte[1 + contents.length];
    body[0] = (byte) (HEADER_SIZE + body.length);
    System.arraycopy(contents, 0, body, 1, contents.length);
    return new PciCapability(VENDOR_SPECIFIC, body, new byte[body.length]);
  }

  /**
   * Message-signalled interrupts with 64-bit addresses and without masking.
   *
   * @param vectors how many, a power of two up to 32
   */
  public static PciCapability msi(int vectors) {
    checkVectors(vectors, MSI_MAX_VECTORS);
    if (Integer.bitCount(vectors) != 1) {
      throw new IllegalArgumentException(vectors + " vectors are no power of two");
    }
    byte[] body = new byte[MSI_BODY_SIZE];
    body[0] = (byte) (MSI_64_BIT | Integer.numberOfTrailingZeros(vectors) << 1);
    byte[] writable = new byte[MSI_BODY_SIZE];
    Arrays.fill(writable, Short.BYTES, MSI_BODY_SIZE, (byte) 0xff);
    writable[0] = MSI_CONTROL_BITS;
    writable[Short.BYTES] = (byte) MSI_LOW_ADDRESS_BITS;
    return new PciCapability(MSI, body, writable);
  }

  /**
   * Message-signalled interrupts from a table.
   *
   * @param vectors how many, up to 2048
   * @param bar the BAR in which the table and the pending bits are
   * @param table where in it the table is, a multiple of 8
   * @param pending where in it the pending bits are, a multiple of 8
   */
  public static PciCapability msix(int vectors, int bar, int table, int pending) {
    checkVectors(vectors, MSIX_MAX_VECTORS);
    if (bar < 0 || bar > PciRegions.LAST_BAR || ((table | pending) & BAR_BITS) != 0) {
      throw new IllegalArgumentException(
          "table 0x%x, pending bits 0x%x in BAR %d".formatted(table, pending, bar));
    }
    byte[] body = new byte[MSIX_BODY_SIZE];
    ByteBuffer.wrap(body)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) (vectors - 1))
        .putInt(table | bar)
        .putInt(pending | bar);
    byte[] writable = new byte[MSIX_BODY_SIZE];
    writable[1] = (byte) MSIX_CONTROL_BITS;
    return new PciCapability(MSIX, body, writable);
  }

  /** All of it, with no next one. */
  byte[] bytes() {
    return ByteBuffer.allocate(size()).put((byte) id).put((byte) 0).put(body).array();
  }

  /** The bits of {@link #bytes} that a guest can set. */
  byte[] writable() {
    return ByteBuffer.allocate(size()).position(HEADER_SIZE).put(writable).array();
  }

  int size() {
    return HEADER_SIZE + body.length;
  }

  private static void checkVectors(int vectors, int most) {
    if (vectors < 1 || vectors > most) {
      throw new IllegalArgumentException(vectors + " vectors are not 1 to " + most);
    }
  }
}
