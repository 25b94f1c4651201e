// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.test;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides whether a test with {@link Needs} runs. */
final class NeedsCondition implements ExecutionCondition {
  /** The system property that turns every skipped test into a failure. */
  static final String REQUIRE_ALL = "mdev4j.require.all";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<Need> missing =
        AnnotationSupport.findAnnotation(context.getElement(), Needs.class).stream()
            .flatMap(needs -> Arrays.stream(needs.value()))
            .filter(need -> !need.isMet())
            .toList();
    return decide(context.getDisplayName(), missing, Boolean.getBoolean(REQUIRE_ALL));
  }

  static ConditionEvaluationResult decide(String test, List<Need> missing, boolean requireAll) {
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("this machine has everything the test needs");
    }
    String reason =
        "needs " + missing.stream().map(Need::toString).collect(Collectors.joining(" and "));
    if (requireAll) {
      throw new ExtensionConfigurationException(test + " " + reason);
    }
    return ConditionEvaluationResult.disabled(reason);
  }
}
