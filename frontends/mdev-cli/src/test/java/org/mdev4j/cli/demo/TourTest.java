package org.mdev4j.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

@DisplayName("mdev demo")
class TourTest {
  @Test
  @DisplayName("finds every answer as expected, and shows refusals by name")
  void isAsExpected() {
    StringWriter text = new StringWriter();
    boolean good = Tour.give(new Stage(new PrintWriter(text), Ansi.OFF));
    assertThat(good).as(text.toString()).isTrue();
    assertThat(text.toString())
        .contains("EEXIST", "EINVAL", "EACCES", "EUSERS", "ENOSPC", "EADDRINUSE", "EADDRNOTAVAIL")
        .contains("nothing left behind")
        .doesNotContain("unexpected", "\u001b[");
  }

  @Test
  @DisplayName("an answer that was not expected makes it fail")
  void surpriseFails() {
    Stage stage = new Stage(new PrintWriter(new StringWriter()), Ansi.OFF);
    stage.surprise("planted");
    assertThat(stage.surprises()).isEqualTo(1);
  }
}
