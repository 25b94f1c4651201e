package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

class ParameterTest {
  private static final Parameter COUNT = Parameter.number("count", 4, "how many devices");
  private static final Parameter DEBUG = Parameter.flag("debug", false, "talk");
  private static final Parameter LABEL = Parameter.text("label", "none", "a name");

  private static Parameters parse(Map<String, String> given) {
    return Parameters.parse("mdpy", List.of(COUNT, DEBUG, LABEL), given);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "0x10, 16",
    "0XfF, 255",
    "010, 8",
    "00, 0",
    "2147483647, 2147483647",
    "0x7fffffff, 2147483647"
  })
  void numbers(String text, int value) {
    assertThat(parse(Map.of("count", text)).number("count")).isEqualTo(value);
    assertThat(parse(Map.of("count", text)).text("count")).isEqualTo(Integer.toString(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "x", "-1", "08", "0x", "0x-1", "1 ", "1.5", "2147483648", "0x80000000"})
  void noNumbers(String text) {
    assertRefused(Errno.EINVAL, () -> parse(Map.of("count", text)))
        .hasMessageContaining("count")
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("from 0 to 2147483647")
        .hasMessageContaining("how many devices");
  }

  @ParameterizedTest
  @CsvSource({
    "y, true",
    "Y, true",
    "1, true",
    "on, true",
    "'', true",
    "n, false",
    "N, false",
    "0, false",
    "off, false"
  })
  void flags(String text, boolean value) {
    assertThat(parse(Map.of("debug", text)).flag("debug")).isEqualTo(value);
    assertThat(parse(Map.of("debug", text)).text("debug")).isEqualTo(value ? "Y" : "N");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "maybe", " y"})
  void noFlags(String text) {
    assertRefused(Errno.EINVAL, () -> parse(Map.of("debug", text)))
        .hasMessageContaining("debug")
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("neither y nor n");
  }

  @Test
  void whatIsNotGivenHasItsInitialValue() {
    Parameters values = parse(Map.of("label", "any text = fine"));

    assertThat(values.number("count")).isEqualTo(4);
    assertThat(values.flag("debug")).isFalse();
    assertThat(values.text("label")).isEqualTo("any text = fine");
  }

  @Test
  void anInitialValueIsParsedLikeAnyOther() {
    Parameter hex = new Parameter("mask", Parameter.Type.NUMBER, "0x20", true, "a mask");

    assertThat(Parameters.parse("m", List.of(hex), Map.of()).number("mask")).isEqualTo(32);
  }

  @Test
  void anUnknownNameIsRefusedNamingTheKnownOnes() {
    assertRefused(Errno.EINVAL, () -> parse(Map.of("cuont", "1")))
        .hasMessageContaining("mdpy")
        .hasMessageContaining("'cuont'")
        .hasMessageContaining("count, debug, label");
    assertRefused(Errno.EINVAL, () -> Parameters.parse("mtty", List.of(), Map.of("a", "1")))
        .hasMessageContaining("it has none");
  }

  @Test
  void aValueThatWasNotDeclaredCanNotBeAskedFor() {
    Parameters values = parse(Map.of());

    assertThatThrownBy(() -> values.text("cuont"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cuont");
  }

  @Test
  void aParameterIsVisibleUnlessItIsHidden() {
    assertThat(COUNT.visible()).isTrue();
    assertThat(COUNT.hidden().visible()).isFalse();
    assertThat(COUNT.hidden().name()).isEqualTo("count");
  }
}
