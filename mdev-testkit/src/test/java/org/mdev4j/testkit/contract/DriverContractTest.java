package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.DriverSetup;

/** The contract, tried on drivers that are good and bad on purpose. */
class DriverContractTest {
  private static final Pattern TITLE =
      Pattern.compile("(\\d\\.\\d) (required|optional): .* \\([^()]+\\)", Pattern.DOTALL);
  private static final String LEFT_BEHIND = "has left something behind";

  @ParameterizedTest(name = "a driver that {0}")
  @EnumSource
  @DisplayName("exactly the tests fail that are meant to")
  void findsTheFlaw(Flaw flaw) {
    Map<String, String> failures = failures(run(flaw));
    Map<String, String> found = new TreeMap<>(failures);
    found.values().removeIf(message -> message.contains(LEFT_BEHIND));
    assertThat(found.keySet())
        .as("tests that fail for a driver that %s: %s", flaw, failures)
        .isEqualTo(flaw.tests);
    assertThat(found.values()).allSatisfy(message -> assertThat(message).isNotBlank());
    if (flaw != Flaw.NONE) {
      assertThat(String.join("\n", found.values())).contains(flaw.message);
    } else {
      assertThat(failures).isEmpty();
    }
  }

  @Test
  @DisplayName("what is left behind is named, with advice")
  void namesWhatIsLeft() {
    assertThat(String.join("\n", failures(run(Flaw.PARENT_IN_NO_SCOPE)).values()))
        .contains(LEFT_BEHIND, "/sys/devices/virtual/gadget", "is still in the tree", "Scope");
  }

  @Test
  @DisplayName("every test has a number of its own, a level and a source")
  void titles() {
    List<String> titles =
        run(Flaw.NONE).started().stream()
            .map(event -> event.getTestDescriptor().getDisplayName())
            .toList();
    assertThat(titles).hasSizeGreaterThan(20).allMatch(title -> TITLE.matcher(title).matches());
    assertThat(titles).extracting(DriverContractTest::number).doesNotHaveDuplicates();
  }

  private static Events run(Flaw flaw) {
    GadgetContract.flaw = flaw;
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(GadgetContract.class))
        .execute()
        .testEvents();
  }

  /** What the tests that fail say, by their numbers. */
  private static Map<String, String> failures(Events events) {
    Map<String, String> failures = new TreeMap<>();
    events.failed().stream()
        .forEach(
            event ->
                failures.put(
                    number(event.getTestDescriptor().getDisplayName()),
                    message(event.getRequiredPayload(TestExecutionResult.class))));
    return failures;
  }

  private static String message(TestExecutionResult result) {
    Throwable failure = result.getThrowable().orElseThrow();
    return failure.getMessage() + (failure.getCause() == null ? "" : "\n" + failure.getCause());
  }

  private static String number(String title) {
    Matcher matcher = TITLE.matcher(title);
    return matcher.matches() ? matcher.group(1) : title;
  }

  /** The contract of a gadget. Not run by itself. */
  static final class GadgetContract extends DriverContract {
    static volatile Flaw flaw = Flaw.NONE;

    @Override
    public DriverSetup driver() {
      return DriverSetup.of(new GadgetModule(flaw));
    }

    @Override
    public void use(DeviceUser user) {
      int page = (int) (Contract.IOVA >> 12);
      user.write32(user.at(Gadget.REGISTERS, Gadget.TIMER), page);
      user.write32(user.at(Gadget.REGISTERS, Gadget.DOORBELL), page);
    }
  }
}
