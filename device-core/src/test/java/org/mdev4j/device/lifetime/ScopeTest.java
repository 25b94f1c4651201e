package org.mdev4j.device.lifetime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.Background.pass;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;

class ScopeTest {
  private final Scope scope = new Scope("module mtty");
  private final List<String> closed = new ArrayList<>();

  @Test
  void givesBackNewestFirst() {
    scope.onClose(() -> closed.add("first"));
    scope.onClose(() -> closed.add("second"));
    scope.onClose(() -> closed.add("third"));
    assertThat(scope.size()).isEqualTo(3);

    scope.close();

    assertThat(closed).containsExactly("third", "second", "first");
    assertThat(scope.size()).isZero();
  }

  @Test
  void handsBackWhatItWasGiven() {
    AutoCloseable resource = () -> closed.add("resource");

    assertThat(scope.own(resource)).isSameAs(resource);
    assertThat(closed).isEmpty();
  }

  @Test
  void aFailureInTheMiddleDoesNotStopTheRest() {
    scope.onClose(() -> closed.add("first"));
    scope.own(
        () -> {
          throw new Exception("checked");
        });
    scope.onClose(() -> closed.add("second"));
    scope.onClose(
        () -> {
          throw new IllegalStateException("unchecked");
        });
    scope.onClose(() -> closed.add("third"));
    scope.onClose(
        () -> {
          throw new AssertionError("error");
        });
    scope.onClose(() -> closed.add("fourth"));

    scope.close();

    assertThat(closed).containsExactly("fourth", "third", "second", "first");
  }

  @Test
  void whatCannotBeGivenBackIsReported() {
    List<String> failures = new ArrayList<>();
    Scope reporting = new Scope("mtty", (what, failure) -> failures.add(what + ": " + failure));
    reporting.onClose(
        () -> {
          throw new IllegalStateException("bug");
        });

    reporting.close();

    assertThat(failures)
        .containsExactly("what the scope of mtty gives back: java.lang.IllegalStateException: bug");
  }

  @Test
  void aFailureListenerThatFailsDoesNotStopTheRest() {
    Scope reporting =
        new Scope(
            "mtty",
            (_, _) -> {
              throw new OutOfMemoryError("no room for a report");
            });
    reporting.onClose(() -> closed.add("first"));
    reporting.onClose(
        () -> {
          throw new IllegalStateException("bug");
        });

    reporting.close();

    assertThat(closed).containsExactly("first");
  }

  @Test
  void aSecondCloseDoesNothing() {
    scope.onClose(() -> closed.add("once"));

    scope.close();
    scope.close();

    assertThat(closed).containsExactly("once");
  }

  @Test
  void anOfferAfterCloseIsClosedAtOnceAndRefused() {
    scope.close();

    assertThatThrownBy(() -> scope.onClose(() -> closed.add("late")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("module mtty");
    assertThat(closed).containsExactly("late");
    assertThat(scope.size()).isZero();
  }

  @Test
  void anOfferWhileItClosesIsClosedAtOnceAndRefused() {
    List<Throwable> refusals = new ArrayList<>();
    scope.onClose(() -> closed.add("old"));
    scope.onClose(
        () -> {
          try {
            scope.onClose(() -> closed.add("late"));
          } catch (IllegalStateException refusal) {
            refusals.add(refusal);
          }
        });

    scope.close();

    assertThat(refusals).hasSize(1);
    assertThat(closed).containsExactly("late", "old");
  }

  @RepeatedTest(50)
  void nothingIsLeftBehindByALateAcquirer() {
    AtomicInteger open = new AtomicInteger();
    CountDownLatch some = new CountDownLatch(3);
    List<Background<Void>> acquirers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      acquirers.add(
          Background.run(
              () -> {
                for (boolean taken = true; taken; some.countDown()) {
                  open.incrementAndGet();
                  try {
                    scope.onClose(open::decrementAndGet);
                  } catch (IllegalStateException refusal) {
                    taken = false;
                  }
                }
              }));
    }
    pass(some);

    scope.close();

    acquirers.forEach(Background::join);
    assertThat(open).hasValue(0);
    assertThat(scope.size()).isZero();
  }

  @Test
  void aScopeThatRefusesGivesBackWhatWasOffered() {
    boolean[] refuses = {false};
    Scope refusing =
        new Scope(
            "test",
            () -> {
              if (refuses[0]) {
                throw new IllegalStateException("refused by a test");
              }
            });
    refusing.onClose(() -> closed.add("first"));
    refuses[0] = true;
    assertThatThrownBy(() -> refusing.onClose(() -> closed.add("second")))
        .hasMessage("refused by a test");
    assertThat(closed).containsExactly("second");
    refusing.close();
    assertThat(closed).containsExactly("second", "first");
  }
}
