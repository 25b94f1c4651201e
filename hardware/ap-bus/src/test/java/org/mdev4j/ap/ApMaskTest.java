package org.mdev4j.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("ap 1, 7.4: masks and their text")
class ApMaskTest {
  private static final String ZEROS = "0".repeat(62);

  @Test
  @DisplayName("1: bit 0 is the leftmost")
  void bitZeroIsLeft() {
    assertThat(ApMask.of(5, 6)).hasToString("0x06" + ZEROS);
    assertThat(ApMask.of(7)).hasToString("0x01" + ZEROS);
    assertThat(ApMask.ALL).hasToString("0x" + "f".repeat(64));
    assertThat(ApMask.of(255)).hasToString("0x" + "0".repeat(63) + "1");
  }

  @ParameterizedTest
  @CsvSource({
    "0x41, 1 7",
    "0X41, 1 7",
    "41, 1 7",
    "0x8, 0",
    "8, 0",
    "00000001, 31",
    "0x0000000000000000000000000000000000000000000000000000000000000001, 255",
    "0, ''",
  })
  @DisplayName("7.4: absolute, padded with zeros on the right")
  void absolute(String text, String numbers) {
    assertThat(ApMask.ALL.changed(text)).isEqualTo(mask(numbers));
    assertThat(ApMask.parse(text + "\n")).isEqualTo(mask(numbers));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "+5|5",
        "+0x10|16",
        "+010|8",
        "+0-3|0 1 2 3",
        "+0-3,-2|0 1 3",
        "-2,+0-3|0 1 2 3",
        "+5,-5|''",
        "-5,+5|5",
        "+0xfe-0xff|254 255",
        "+7-7|7",
      })
  @DisplayName("7.4: relative, left to right, the last wins")
  void relative(String text, String numbers) {
    assertThat(ApMask.NONE.changed(text)).isEqualTo(mask(numbers));
  }

  @Test
  @DisplayName("7.4: relative leaves the rest unchanged")
  void relativeKeepsTheRest() {
    assertThat(ApMask.ALL.changed("-5,-6,-7\n")).hasToString("0xf8" + "f".repeat(62));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "0x",
        "x",
        "0xg",
        " 1",
        "1 ",
        "+",
        "-",
        "+256",
        "+1-256",
        "+3-1",
        "+08",
        "+1,",
        ",+1",
        "+1,2",
        "+1 ,+2",
        "+-1",
        "+1--2",
        "+1-2-3",
        "-0x",
        "+99999999999",
        "00000000000000000000000000000000000000000000000000000000000000000",
        "0x00000000000000000000000000000000000000000000000000000000000000000"
      })
  @DisplayName("7.4: bad syntax, a bad range or a 65th digit is EINVAL")
  void bad(String text) {
    assertThatThrownBy(() -> ApMask.ALL.changed(text))
        .isInstanceOfSatisfying(
            ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(Errno.EINVAL));
  }

  @Test
  @DisplayName("a mask is a set of numbers")
  void isASet() {
    Random random = new Random(1);
    TreeSet<Integer> numbers = new TreeSet<>();
    ApMask mask = ApMask.NONE;
    for (int i = 0; i < 2000; i++) {
      int number = random.nextInt(ApMask.BITS);
      boolean in = random.nextBoolean();
      mask = in ? mask.with(number) : mask.without(number);
      var _ = in ? numbers.add(number) : numbers.remove(number);
      assertThat(mask.numbers()).isEqualTo(List.copyOf(numbers));
      assertThat(mask.has(number)).isEqualTo(in);
      assertThat(ApMask.parse(mask.toString())).isEqualTo(mask);
    }
    ApMask other = ApMask.of(1, 2, 200);
    assertThat(mask.and(other).numbers()).allMatch(mask::has).allMatch(other::has);
    assertThat(mask.or(other).minus(other).and(other)).isEqualTo(ApMask.NONE);
  }

  @Test
  @DisplayName("1: an APQN prints xx.yyyy and is read back")
  void apqn() {
    assertThat(new Apqn(5, 0xab)).hasToString("05.00ab").isEqualTo(Apqn.parse("05.00ab"));
    assertThat(new Apqn(5, 0xab).number()).isEqualTo(5 * 256 + 0xab);
    assertThat(Apqn.of(0x1f047)).isEqualTo(new Apqn(0xf0, 0x47));
    assertThatThrownBy(() -> Apqn.parse("5.0100")).hasMessageContaining("'5.0100' is no queue");
  }

  private static ApMask mask(String numbers) {
    ApMask mask = ApMask.NONE;
    for (String number : numbers.isEmpty() ? new String[0] : numbers.split(" ", -1)) {
      mask = mask.with(Integer.parseInt(number));
    }
    return mask;
  }
}
