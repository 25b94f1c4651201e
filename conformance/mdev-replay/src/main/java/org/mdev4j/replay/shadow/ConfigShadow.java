package org.mdev4j.replay.shadow;

import java.util.List;

/**
 * The registers of configuration space that keep what is written, bit by bit: a base address is a
 * multiple of its size, and a narrow write changes what it covers. Everything else never changes.
 */
public final class ConfigShadow {
  /** The interrupt line. */
  static final Register INTERRUPT_LINE = new Register(0x3c, 1, 0, 0xff);

  private static final int BARS = 0x10;

  private final List<Register> registers;
  private final byte[] bytes = new byte[Model.CONFIG_SIZE];

  /**
   * A register.
   *
   * @param size bytes
   * @param initial its first value
   * @param writable the bits that can be set
   */
  public record Register(int offset, int size, int initial, int writable) {}

  ConfigShadow(List<Register> registers) {
    this.registers = registers;
    reset();
  }

  static Register bar(int index, int type, int size) {
    return new Register(BARS + index * Integer.BYTES, Integer.BYTES, type, -size);
  }

  /**
   * What a read of configuration space must give, if it gave {@code read} but for these registers.
   */
  public byte[] over(byte[] read, int offset) {
    byte[] result = read.clone();
    for (Register register : registers) {
      for (int i = 0; i < register.size; i++) {
        int at = register.offset + i - offset;
        if (at >= 0 && at < result.length) {
          result[at] = bytes[register.offset + i];
        }
      }
    }
    return result;
  }

  void write(int offset, byte[] data) {
    for (Register register : registers) {
      for (int i = 0; i < register.size; i++) {
        int at = register.offset + i - offset;
        if (at >= 0 && at < data.length) {
          int writable = register.writable >>> (i * Byte.SIZE);
          int kept = bytes[register.offset + i] & ~writable;
          bytes[register.offset + i] = (byte) (kept | (data[at] & writable));
        }
      }
    }
  }

  void reset() {
    for (Register register : registers) {
      for (int i = 0; i < register.size; i++) {
        bytes[register.offset + i] = (byte) (register.initial >>> (i * Byte.SIZE));
      }
    }
  }
}
