package org.mdev4j.samples.mbochs;

import java.util.Arrays;

/**
 * The registers by which a guest sets the mode: eleven of 16 bits, all plain storage, also those
 * that tell what the display is.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the values; it is a leaf. A mode is taken from all of them at one moment.
 */
final class VbeRegisters {
  /** How many there are. */
  static final int COUNT = 11;

  private static final int ID = 0;
  private static final int WIDTH = 1;
  private static final int HEIGHT = 2;
  private static final int BITS_PER_PIXEL = 3;
  private static final int ENABLE = 4;
  private static final int VIRTUAL_WIDTH = 6;
  private static final int X = 8;
  private static final int Y = 9;
  private static final int MEMORY = 10;

  private static final int ID_VALUE = 0xb0c5;
  private static final int MEMORY_UNIT = 64 << 10;
  private static final int ENABLED = 1;

  private final int memory;
  private final char[] values = new char[COUNT];

  /**
   * @param memory bytes of video memory
   */
  VbeRegisters(int memory) {
    this.memory = memory;
    reset();
  }

  /** What a mode is made of. */
  record Values(
      boolean isEnabled, int bitsPerPixel, int width, int height, int virtualWidth, int x, int y) {}

  synchronized int get(int index) {
    return values[index];
  }

  synchronized void set(int index, int value) {
    values[index] = (char) value;
  }

  synchronized Values values() {
    return new Values(
        (values[ENABLE] & ENABLED) != 0,
        values[BITS_PER_PIXEL],
        values[WIDTH],
        values[HEIGHT],
        values[VIRTUAL_WIDTH],
        values[X],
        values[Y]);
  }

  /** Switches the display off, and tells again what it is. */
  synchronized void reset() {
    Arrays.fill(values, '\0');
    values[ID] = ID_VALUE;
    values[MEMORY] = (char) (memory / MEMORY_UNIT);
  }
}
