package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Uevent.Action;

class UeventsTest {
  private final Uevents uevents = new Uevents();

  @Test
  void everySubscriberGetsEverythingSinceItSubscribed() {
    Uevents.Subscription first = uevents.subscribe();
    uevents.emit(Action.ADD, "/devices/a", "mdev", List.of("A=1", "B=2"));
    Uevents.Subscription second = uevents.subscribe();
    uevents.emit(Action.REMOVE, "/devices/a", "mdev", List.of());

    Uevent add = new Uevent(Action.ADD, "/devices/a", "mdev", List.of("A=1", "B=2"), 1);
    Uevent remove = new Uevent(Action.REMOVE, "/devices/a", "mdev", List.of(), 2);
    assertThat(first.drain()).containsExactly(add, remove);
    assertThat(first.drain()).isEmpty();
    assertThat(second.drain()).containsExactly(remove);
  }

  @Test
  void aClosedSubscriptionGetsNothingMore() {
    Uevents.Subscription closed = uevents.subscribe();
    Uevents.Subscription open = uevents.subscribe();
    uevents.emit(Action.ADD, "/a", "bus", List.of());

    closed.close();
    uevents.emit(Action.REMOVE, "/a", "bus", List.of());

    assertThat(closed.drain()).isEmpty();
    assertThat(open.drain()).hasSize(2);
  }

  @Test
  void pollWaitsForTheNextEvent() throws InterruptedException {
    Uevents.Subscription subscription = uevents.subscribe();
    assertThat(subscription.poll(Duration.ZERO)).isNull();
    Background<Uevent> poller = Background.call(() -> subscription.poll(Duration.ofMinutes(1)));

    uevents.emit(Action.CHANGE, "/a", "bus", List.of());

    assertThat(poller.join().header()).isEqualTo("change@/a");
  }

  @Test
  void numbersHaveNoGapsAndEveryQueueIsInTheirOrder() {
    Uevents.Subscription first = uevents.subscribe();
    Uevents.Subscription second = uevents.subscribe();
    CountDownLatch go = new CountDownLatch(1);
    List<Background<Void>> emitters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String path = "/" + i;
      emitters.add(
          Background.run(
              () -> {
                pass(go);
                for (int n = 0; n < 1000; n++) {
                  uevents.emit(Action.CHANGE, path, "x", List.of("N=" + n));
                }
              }));
    }
    go.countDown();
    emitters.forEach(Background::join);

    List<Uevent> events = first.drain();
    assertThat(events)
        .extracting(Uevent::seqnum)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 4000).boxed().toList());
    assertThat(second.drain()).isEqualTo(events);
    assertThat(events.stream().filter(event -> event.devpath().equals("/2")))
        .extracting(event -> event.env().getFirst())
        .startsWith("N=0", "N=1")
        .endsWith("N=998", "N=999");
  }

  @Test
  void anEventIsWrittenAsUdevWritesIt() {
    Uevent event = new Uevent(Action.BIND, "/devices/a", "mdev", List.of("DRIVER=mtty"), 7);

    assertThat(event.header()).isEqualTo("bind@/devices/a");
    assertThat(event).hasToString("bind@/devices/a SUBSYSTEM=mdev DRIVER=mtty");
  }
}
