package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void flagsValuesAndOperandsInAnyOrder() throws UsageException {
    Arguments arguments = parse("a", "-xy", "-L", "2", "b", "-", "-M3");
    assertThat(arguments.has('x')).isTrue();
    assertThat(arguments.has('y')).isTrue();
    assertThat(arguments.has('z')).isFalse();
    assertThat(arguments.value('L')).isEqualTo("2");
    assertThat(arguments.value('M')).isEqualTo("3");
    assertThat(arguments.operands()).containsExactly("a", "b", "-");
  }

  @Test
  void twoDashesEndTheOptions() throws UsageException {
    assertThat(parse("-x", "--", "-y").operands()).containsExactly("-y");
  }

  @Test
  void whatMakesNoSense() {
    assertThatThrownBy(() -> parse("-q")).hasMessage("there is no option -q");
    assertThatThrownBy(() -> parse("--quick")).hasMessage("there is no option --quick");
    assertThatThrownBy(() -> parse("-L")).hasMessage("option -L needs a value");
    assertThatThrownBy(() -> parse().some("file")).hasMessage("which file?");
    assertThatThrownBy(() -> parse("a", "b").atMost(1)).hasMessage("what is 'b' for?");
  }

  private static Arguments parse(String... given) throws UsageException {
    return Arguments.parse(List.of(given), "xyz", "LM");
  }
}
