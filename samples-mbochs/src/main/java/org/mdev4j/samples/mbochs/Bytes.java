package org.mdev4j.samples.mbochs;

/**
 * Little-endian values in a byte array. Beyond its end are zeros, and what is put there is lost.
 */
final class Bytes {
  private Bytes() {}

  /** The value at {@code offset}, as if the array ended at {@code end}. */
  static long get(byte[] bytes, int end, long offset, int width) {
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      long at = offset + i;
      value = value << Byte.SIZE | (at < end ? bytes[(int) at] & 0xff : 0);
    }
    return value;
  }

  static void put(byte[] bytes, long offset, int width, long value) {
    for (int i = 0; i < width && offset + i < bytes.length; i++) {
      bytes[(int) offset + i] = (byte) (value >>> (i * Byte.SIZE));
    }
  }
}
