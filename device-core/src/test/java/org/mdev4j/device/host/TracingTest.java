package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.lifetime.Scope;

class TracingTest {
  private final Tracing tracing = new Tracing();
  private final TraceEvent event = new TraceEvent("point", "device", Map.of("state", "1"));

  @Test
  void whoListensGetsEachEventInOrder() {
    List<TraceEvent> seen = new ArrayList<>();
    TraceEvent other = new TraceEvent("other", "device", Map.of());
    try (Tracing.Listening _ = tracing.listen(seen::add)) {
      tracing.emit(() -> event);
      tracing.emit(() -> other);
    }
    tracing.emit(() -> event);
    assertThat(seen).containsExactly(event, other);
  }

  @Test
  void anEventThatNobodyWantsIsNotMade() {
    tracing.emit(() -> fail("made for nobody"));
  }

  @Test
  void oneListenerMayListenTwiceAndStopOnce() {
    List<TraceEvent> seen = new ArrayList<>();
    Tracing.Listening first = tracing.listen(seen::add);
    Tracing.Listening second = tracing.listen(seen::add);
    first.close();
    tracing.emit(() -> event);
    second.close();
    tracing.emit(() -> event);
    assertThat(seen).containsExactly(event);
  }

  @Test
  void whatNobodyElseIsToldOfIsToldToWhoeverWantsToKnow() {
    List<String> seen = new ArrayList<>();
    WorkQueue queue = new WorkQueue("work", Runnable::run, tracing);
    Scope scope = new Scope("things", tracing);
    Runnable fails =
        () -> {
          throw new IllegalStateException("by a test");
        };
    try (Tracing.Listening _ = tracing.onFailure((what, failure) -> seen.add(what + failure))) {
      scope.onClose(fails);
      scope.close();
      queue.submit(fails);
    }
    queue.submit(fails);
    queue.close();
    String failure = "java.lang.IllegalStateException: by a test";
    assertThat(seen)
        .containsExactly(
            "what the scope of things gives back" + failure, "work of queue work" + failure);
  }

  @Test
  void aListenerThatFailsKeepsNoOtherFromBeingTold() {
    List<String> seen = new ArrayList<>();
    try (Tracing.Listening _ =
            tracing.onFailure(
                (_, _) -> {
                  throw new IllegalStateException("by a test");
                });
        Tracing.Listening _ = tracing.onFailure((what, _) -> seen.add(what))) {
      tracing.failed("work", new AssertionError("bug"));
    }
    assertThat(seen).containsExactly("work");
  }

  @Test
  void aHookSeesEveryStepAndCanFailIt() {
    List<String> seen = new ArrayList<>();
    try (Tracing.Listening _ = tracing.hook((point, device) -> seen.add(point + " " + device))) {
      tracing.pass("open", "a");
      tracing.tell("close", "a");
      try (Tracing.Listening _ =
          tracing.hook(
              (_, _) -> {
                throw new IllegalStateException("by a test");
              })) {
        assertThatIllegalStateException().isThrownBy(() -> tracing.pass("open", "b"));
        tracing.tell("close", "b");
      }
      tracing.pass("open", "c");
    }
    tracing.pass("open", "d");
    assertThat(seen).containsExactly("open a", "close a", "open b", "close b", "open c");
  }
}
