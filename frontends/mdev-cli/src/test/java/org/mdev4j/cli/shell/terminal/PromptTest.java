package org.mdev4j.cli.shell.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptTest {
  @Test
  void keepsTheLastNames() {
    assertThat(Prompt.shorten("/sys")).isEqualTo("/sys");
    assertThat(Prompt.shorten("/sys/devices/virtual/mtty/mtty/mdev_supported_types"))
        .isEqualTo(".../virtual/mtty/mtty/mdev_supported_types");
    assertThat(Prompt.shorten("/sys/" + "x".repeat(60))).isEqualTo(".../" + "x".repeat(60));
  }
}
