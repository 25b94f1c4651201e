package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.Limits;

/** The contract, tried on drivers that are good and bad on purpose. */
class DriverContractTest {
  private static final Pattern TITLE =
      Pattern.compile("(\\d\\.\\d) (required|optional): .* \\([^()]+\\)", Pattern.DOTALL);
  private static final Pattern SENTENCE = Pattern.compile("(?<=\n- )[^\n]+");

  /** Short: bad drivers reach them by the hundred. */
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(60), Duration.ofMillis(200), Duration.ofMillis(500));

  private static final String AFTERWARDS = "after the test, driver gadget ";

  @ParameterizedTest(name = "a driver that {0}")
  @EnumSource
  @DisplayName("exactly the tests fail that are meant to")
  void findsTheFlaw(Flaw flaw) {
    Map<String, List<String>> failures = failures(run(flaw));
    Map<String, String> found = new TreeMap<>();
    List<String> afterwards = new ArrayList<>();
    failures.forEach(
        (test, messages) -> {
          for (String message : messages) {
            if (message.startsWith(AFTERWARDS)) {
              afterwards.addAll(
                  SENTENCE.matcher(message).results().map(MatchResult::group).toList());
            } else {
              found.put(test, message);
            }
          }
        });
    assertThat(found.keySet())
        .as("tests that fail for a driver that %s: %s", flaw, failures)
        .isEqualTo(flaw.tests);
    assertThat(found.values()).allSatisfy(message -> assertThat(message).isNotBlank());
    assertThat(String.join("\n", found.values())).contains(flaw.message);
    assertThat(afterwards)
        .as("what is said after the tests of a driver that %s", flaw)
        .allMatch(sentence -> flaw.leaves.stream().anyMatch(sentence::contains));
    assertThat(flaw.leaves)
        .allSatisfy(part -> assertThat(String.join("\n", afterwards)).contains(part));
  }

  @Test
  @DisplayName("what is left behind is named, with advice")
  void namesWhatIsLeft() {
    assertThat(failures(run(Flaw.PARENT_IN_NO_SCOPE)).values().stream().flatMap(List::stream))
        .anySatisfy(
            message ->
                assertThat(message)
                    .contains(
                        AFTERWARDS + "has left something behind",
                        "/sys/devices/virtual/gadget",
                        "is still in the tree",
                        "Scope"));
  }

  @Test
  @DisplayName("each test of the contract is there for a flaw that it finds")
  void everyTestCanFail() {
    Set<String> numbers = new TreeSet<>();
    run(Flaw.NONE).started().stream()
        .forEach(event -> numbers.add(number(event.getTestDescriptor().getDisplayName())));
    Set<String> found = new TreeSet<>();
    for (Flaw flaw : Flaw.values()) {
      found.addAll(flaw.tests);
    }
    assertThat(found).isEqualTo(numbers);
  }

  @AfterEach
  void endLeaks() {
    Leaks.end();
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
        .selectors(selectClass(flaw.blocks() ? HastyGadgetContract.class : GadgetContract.class))
        .execute()
        .testEvents();
  }

  /** What the tests that fail say, by their numbers. */
  private static Map<String, List<String>> failures(Events events) {
    Map<String, List<String>> failures = new TreeMap<>();
    events.failed().stream()
        .forEach(
            event ->
                failures.put(
                    number(event.getTestDescriptor().getDisplayName()),
                    messages(event.getRequiredPayload(TestExecutionResult.class))));
    return failures;
  }

  /** What a test says, and what is said after it. */
  private static List<String> messages(TestExecutionResult result) {
    Throwable failure = result.getThrowable().orElseThrow();
    List<String> messages = new ArrayList<>();
    messages.add(message(failure));
    for (Throwable after : failure.getSuppressed()) {
      if (message(after).startsWith(AFTERWARDS)) {
        messages.add(message(after));
      }
    }
    return messages;
  }

  private static String message(Throwable failure) {
    return failure.getMessage() + (failure.getCause() == null ? "" : "\n" + failure.getCause());
  }

  private static String number(String title) {
    Matcher matcher = TITLE.matcher(title);
    return matcher.matches() ? matcher.group(1) : title;
  }

  /** The contract of a gadget. Not run by itself. */
  static class GadgetContract extends DriverContract {
    static volatile Flaw flaw = Flaw.NONE;

    @Override
    public DriverSetup driver() {
      return DriverSetup.of(new GadgetModule(flaw)).within(LIMITS);
    }

    @Override
    public void use(DeviceUser user) {
      int page = (int) (Contract.IOVA >> 12);
      user.write32(user.at(Gadget.REGISTERS, Gadget.TIMER), page);
      user.write32(user.at(Gadget.REGISTERS, Gadget.DOORBELL), page);
    }
  }

  /** The contract of a gadget that blocks, which fails only when a limit is reached. */
  @Timeout(value = 6, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  static final class HastyGadgetContract extends GadgetContract {
    @Override
    public DriverSetup driver() {
      return super.driver().within(LIMITS.withEnd(Duration.ofSeconds(1)));
    }
  }
}
