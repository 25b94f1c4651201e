package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
}
