package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> WORDS = List.of("ls", "lsmod", "modprobe", "rmmod");

  @Test
  void countsInsertedDeletedReplacedAndSwappedLetters() {
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("abc", "abc")).isZero();
    assertThat(Nearest.distance("abc", "ac")).isOne();
    assertThat(Nearest.distance("abc", "axc")).isOne();
    assertThat(Nearest.distance("abc", "acb")).isOne();
    assertThat(Nearest.distance("lsmod", "rmmod")).isEqualTo(2);
  }

  @Test
  void suggestsTheNearestOrNothing() {
    assertThat(Nearest.to("sl", WORDS)).contains("ls");
    assertThat(Nearest.to("modprob", WORDS)).contains("modprobe");
    assertThat(Nearest.to("lsmdo", WORDS)).contains("lsmod");
    assertThat(Nearest.to("vi", WORDS)).isEmpty();
    assertThat(Nearest.to("", WORDS)).isEmpty();
  }
}
