package org.mdev4j.ap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongBinaryOperator;

/**
 * 256 bits, one for each adapter or domain. Bit 0 is the leftmost: the top bit of the first digit.
 *
 * <p>Immutable.
 */
public final class ApMask {
  /** How many bits there are. */
  public static final int BITS = 256;

  /** No bit. */
  public static final ApMask NONE = new ApMask(new long[BITS / Long.SIZE]);

  /** All bits. */
  public static final ApMask ALL = NONE.complement();

  private final long[] words;

  private ApMask(long[] words) {
    this.words = words;
  }

  /** The mask with exactly these bits. */
  public static ApMask of(int... numbers) {
    ApMask mask = NONE;
    for (int number : numbers) {
      mask = mask.with(number);
    }
    return mask;
  }

  /** The mask with the bits 0 to {@code count} - 1. */
  public static ApMask first(int count) {
    ApMask mask = NONE;
    for (int number = 0; number < count; number++) {
      mask = mask.with(number);
    }
    return mask;
  }

  /**
   * Reads up to 64 hexadecimal digits, with {@code 0x} before them or not, and one newline behind
   * them or not. What is missing is zeros on the right: {@code 0x41} has the bits 1 and 7.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL}
   */
  public static ApMask parse(String text) {
    return MaskText.absolute(text);
  }

  /**
   * What a write of {@code text} to a mask file makes of this mask: as {@link #parse} reads it, or,
   * if it begins with a sign, this one with terms {@code +n}, {@code -n}, {@code +n-m}, {@code
   * -n-m} applied, separated by commas, the last one winning.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL}
   */
  public ApMask changed(String text) {
    return MaskText.change(this, text);
  }

  public boolean has(int number) {
    return (words[number / Long.SIZE] & bit(number)) != 0;
  }

  public ApMask with(int number) {
    long[] changed = words.clone();
    changed[number / Long.SIZE] |= bit(number);
    return new ApMask(changed);
  }

  public ApMask without(int number) {
    long[] changed = words.clone();
    changed[number / Long.SIZE] &= ~bit(number);
    return new ApMask(changed);
  }

  public ApMask and(ApMask other) {
    return combine(other, (a, b) -> a & b);
  }

  public ApMask or(ApMask other) {
    return combine(other, (a, b) -> a | b);
  }

  /** The bits of this one that {@code other} has not. */
  public ApMask minus(ApMask other) {
    return combine(other, (a, b) -> a & ~b);
  }

  public boolean meets(ApMask other) {
    return !and(other).isEmpty();
  }

  public boolean isEmpty() {
    return equals(NONE);
  }

  /** The bits that are set, ascending. */
  public List<Integer> numbers() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      for (long rest = words[i]; rest != 0; ) {
        int zeros = Long.numberOfLeadingZeros(rest);
        numbers.add(i * Long.SIZE + zeros);
        rest &= ~(Long.MIN_VALUE >>> zeros);
      }
    }
    return numbers;
  }

  private ApMask complement() {
    return combine(this, (a, b) -> ~a);
  }

  private ApMask combine(ApMask other, LongBinaryOperator operator) {
    long[] combined = new long[words.length];
    for (int i = 0; i < combined.length; i++) {
      combined[i] = operator.applyAsLong(words[i], other.words[i]);
    }
    return new ApMask(combined);
  }

  private static long bit(int number) {
    return Long.MIN_VALUE >>> number % Long.SIZE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ApMask mask && Arrays.equals(words, mask.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  /** {@code 0x} and 64 hexadecimal digits. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("0x");
    for (long word : words) {
      text.append(String.format(Locale.ROOT, "%016x", word));
    }
    return text.toString();
  }
}
