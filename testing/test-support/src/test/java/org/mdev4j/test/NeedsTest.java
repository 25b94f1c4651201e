// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

@DisplayName("A test that needs something of the machine")
class NeedsTest {
  @Test
  @DisplayName("runs where nothing is missing, whether or not everything is required")
  void runs() {
    assertThat(NeedsCondition.decide("test", List.of(), false).isDisabled()).isFalse();
    assertThat(NeedsCondition.decide("test", List.of(), true).isDisabled()).isFalse();
  }

  @Test
  @DisplayName("is skipped with a reason where something is missing")
  void skips() {
    ConditionEvaluationResult decision =
        NeedsCondition.decide("test", List.of(Need.ROOT, Need.MDEVCTL), false);
    assertThat(decision.isDisabled()).isTrue();
    assertThat(decision.getReason()).contains("needs root and mdevctl (Debian package mdevctl)");
  }

  @Test
  @DisplayName("fails with the same reason where everything is required")
  void fails() {
    assertThatThrownBy(() -> NeedsCondition.decide("mount test", List.of(Need.FUSE), true))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessage("mount test needs /dev/fuse, which this user can open");
  }
}
