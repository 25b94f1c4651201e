package org.mdev4j.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;

/** Classes that break one rule each, in the package {@code fixtures}. */
final class Fixtures {
  static final String ROOT = Fixtures.class.getPackageName() + ".fixtures.";

  private Fixtures() {}

  static JavaClasses in(String fixture) {
    return new ClassFileImporter().importPackages(ROOT + fixture);
  }

  /** What {@code rule} finds in {@code fixture}: exactly {@code count} things. */
  static Report report(ArchRule rule, String fixture, int count) {
    EvaluationResult result = rule.evaluate(in(fixture));
    List<String> lines = result.getFailureReport().getDetails();
    assertThat(lines).hasSize(count);
    String message = result.getFailureReport().toString();
    assertThat(message)
        .as("a rule that is broken says why it is there and what to do instead")
        .contains("because")
        .contains("instead ");
    return new Report(message);
  }

  record Report(String message) {
    AbstractStringAssert<?> says(String... words) {
      return assertThat(message).contains(words);
    }
  }
}
