package org.mdev4j.vfio.pci;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.mdev4j.vfio.model.Region;

/**
 * The 256 bytes of configuration space of a PCI function. Each bit either can be set by a guest or
 * never changes; all that a base address register does follows from that: its type stays, its
 * address is a multiple of its size, a write of all ones tells the size, and a narrow write changes
 * what it covers. A write to anything else is ignored.
 *
 * {@snippet :
 * PciConfigSpace.builder(0x1234, 0x1111)
 *     .classCode(0x038000)
 *     .bar(0, PciBar.prefetchableMemory(4 << 20))
 *     .interruptPin(1)
 *     .build();
 * }
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the bytes; it is a leaf. An access is atomic up to 4 bytes, as on the bus.
 */
public final class PciConfigSpace implements Region.RegisterAccess {
  /** Conventional PCI; clients take a device with more or less for something else. */
  public static final int SIZE = 256;

  private static final int VENDOR = 0x00;
  private static final int DEVICE = 0x02;
  private static final int COMMAND = 0x04;
  private static final int STATUS = 0x06;
  private static final int REVISION = 0x08;
  private static final int CLASS = 0x09;
  private static final int BARS = 0x10;
  private static final int SUBSYSTEM_VENDOR = 0x2c;
  private static final int SUBSYSTEM = 0x2e;
  private static final int CAPABILITIES = 0x34;
  private static final int INTERRUPT_LINE = 0x3c;
  private static final int INTERRUPT_PIN = 0x3d;
  private static final int HEADER_SIZE = 0x40;

  private static final int STATUS_CAPABILITIES = 0x10;
  private static final int CAPABILITY_ALIGNMENT = 4;

  private final byte[] initial;
  private final byte[] writable;
  private final List<PciBar> bars;
  private final byte[] bytes;

  private PciConfigSpace(Builder builder) {
    initial = builder.initial.clone();
    writable = builder.writable.clone();
    bars = List.of(builder.bars);
    bytes = initial.clone();
  }

  /** A function of that vendor and device id. */
  public static Builder builder(int vendor, int device) {
    return new Builder(vendor, device);
  }

  /** Reads; beyond the end are zeros. */
  @Override
  public synchronized long read(long offset, int width) {
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = value << Byte.SIZE | (isInside(offset + i) ? bytes[(int) offset + i] & 0xff : 0);
    }
    return value;
  }

  /** Writes the bits that can be written; all others stay. */
  @Override
  public synchronized void write(long offset, int width, long value) {
    for (int i = 0; i < width && isInside(offset + i); i++) {
      int at = (int) offset + i;
      int old = bytes[at] & ~writable[at];
      bytes[at] = (byte) (old | ((int) (value >>> (i * Byte.SIZE)) & writable[at]));
    }
  }

  /** Back to what it was at first: nothing that was written stays. */
  public synchronized void reset() {
    System.arraycopy(initial, 0, bytes, 0, SIZE);
  }

  /** A base address register; {@link PciBar#NONE} if it is not implemented. */
  public PciBar bar(int index) {
    return bars.get(index);
  }

  /** The region behind which it is. */
  public Region region() {
    return Region.registers(SIZE, this);
  }

  private static boolean isInside(long at) {
    return at >= 0 && at < SIZE;
  }

  /** Says what a function is. What is not said is zero and can't be written. Not thread-safe. */
  public static final class Builder {
    private final byte[] initial = new byte[SIZE];
    private final byte[] writable = new byte[SIZE];
    private final PciBar[] bars = new PciBar[PciRegions.LAST_BAR + 1];
    private final BitSet taken = new BitSet(SIZE);
    private int lastPointer = CAPABILITIES;

    private Builder(int vendor, int device) {
      Arrays.fill(bars, PciBar.NONE);
      set(VENDOR, Short.BYTES, vendor);
      set(DEVICE, Short.BYTES, device);
    }

    /** The vendor and device id of whoever built the card. */
    public Builder subsystem(int vendor, int device) {
      set(SUBSYSTEM_VENDOR, Short.BYTES, vendor);
      set(SUBSYSTEM, Short.BYTES, device);
      return this;
    }

    /** The 24 bits of class, subclass and programming interface: {@code 0x070002} for a 16550. */
    public Builder classCode(int code) {
      set(CLASS, 3, code);
      return this;
    }

    public Builder revision(int revision) {
      set(REVISION, Byte.BYTES, revision);
      return this;
    }

    /**
     * The command register, as it stays: whether a guest has switched decoding on is between it and
     * its virtual machine.
     */
    public Builder command(int bits) {
      set(COMMAND, Short.BYTES, bits);
      return this;
    }

    /** The status register; that there are capabilities is added by {@link #capability}. */
    public Builder status(int bits) {
      set(STATUS, Short.BYTES, bits | (initial[STATUS] & STATUS_CAPABILITIES));
      return this;
    }

    public Builder bar(int index, PciBar bar) {
      int at = BARS + index * Integer.BYTES;
      bars[index] = bar;
      set(at, Integer.BYTES, bar.type());
      setWritable(at, Integer.BYTES, bar.addressBits());
      return this;
    }

    /**
     * Adds a capability to the end of the list, at the first free place from 0x40 on.
     *
     * @throws IllegalArgumentException if there is no place left
     */
    public Builder capability(PciCapability capability) {
      int at = HEADER_SIZE;
      while (!isFree(at, capability.size())) {
        at += CAPABILITY_ALIGNMENT;
      }
      take(at, capability.size());
      System.arraycopy(capability.bytes(), 0, initial, at, capability.size());
      System.arraycopy(capability.writable(), 0, writable, at, capability.size());
      initial[lastPointer] = (byte) at;
      lastPointer = at + 1;
      initial[STATUS] |= STATUS_CAPABILITIES;
      return this;
    }

    /** The pin at which it interrupts: 1 for INTA. */
    public Builder interruptPin(int pin) {
      set(INTERRUPT_PIN, Byte.BYTES, pin);
      return this;
    }

    /** Lets a guest keep a number in the interrupt line register. */
    public Builder writableInterruptLine() {
      return writable(INTERRUPT_LINE, 0xff);
    }

    /**
     * Contents of the device specific part that are in no capability.
     *
     * @throws IllegalArgumentException below 0x40, beyond the end, or where something is already
     */
    public Builder bytes(int offset, byte... contents) {
      take(offset, contents.length);
      System.arraycopy(contents, 0, initial, offset, contents.length);
      return this;
    }

    /** Lets a guest set bits of the byte at {@code offset}. */
    public Builder writable(int offset, int mask) {
      setWritable(offset, Byte.BYTES, mask);
      return this;
    }

    public PciConfigSpace build() {
      return new PciConfigSpace(this);
    }

    private boolean isFree(int offset, int size) {
      int used = taken.nextSetBit(offset);
      return used < 0 || used >= offset + size;
    }

    private void take(int offset, int size) {
      if (offset < HEADER_SIZE || offset + size > SIZE || !isFree(offset, size)) {
        throw new IllegalArgumentException("%d bytes don't fit at 0x%x".formatted(size, offset));
      }
      taken.set(offset, offset + size);
    }

    private void set(int at, int size, int value) {
      store(initial, at, size, value);
    }

    private void setWritable(int at, int size, int mask) {
      store(writable, at, size, mask);
    }

    private static void store(byte[] into, int at, int size, int value) {
      for (int i = 0; i < size; i++) {
        into[at + i] = (byte) (value >>> (i * Byte.SIZE));
      }
    }
  }
}
