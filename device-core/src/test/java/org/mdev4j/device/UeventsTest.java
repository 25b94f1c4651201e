package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;

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

  private void emit(int count) {
    for (int i = 0; i < count; i++) {
      uevents.emit(Action.CHANGE, "/a", "bus", List.of());
    }
  }

  private static void assertLost(ThrowingCallable read, String message) {
    assertRefused(Errno.ENOBUFS, read).hasMessage(message);
  }

  @Test
  void aFullQueueLosesNewEventsAndTheNextReadSaysHowMany() {
    Uevents.Subscription idle = uevents.subscribe(3);
    emit(5);

    assertLost(idle::drain, "2 uevents were lost, from number 4 on: 3 were waiting to be read");

    assertThat(idle.drain()).extracting(Uevent::seqnum).containsExactly(1L, 2L, 3L);
    emit(1);
    assertThat(idle.drain()).extracting(Uevent::seqnum).containsExactly(6L);
  }

  @Test
  void whatIsLostIsReportedToPollAsWell() throws InterruptedException {
    Uevents.Subscription idle = uevents.subscribe(1);
    emit(2);

    assertLost(
        () -> idle.poll(Duration.ZERO),
        "1 uevents were lost, from number 2 on: 1 were waiting to be read");

    assertThat(idle.poll(Duration.ZERO).seqnum()).isEqualTo(1);
    assertThat(idle.poll(Duration.ZERO)).isNull();
  }

  @Test
  void whatOneReportTellsFollowsOneAnother() throws InterruptedException {
    Uevents.Subscription slow = uevents.subscribe(2);
    emit(3);
    assertLost(slow::drain, "1 uevents were lost, from number 3 on: 2 were waiting to be read");
    emit(1);
    assertLost(slow::drain, "1 uevents were lost, from number 4 on: 2 were waiting to be read");
    assertThat(slow.poll(Duration.ZERO).seqnum()).isEqualTo(1);
    emit(3);
    assertLost(slow::drain, "2 uevents were lost, from number 6 on: 2 were waiting to be read");
    assertThat(slow.drain()).extracting(Uevent::seqnum).containsExactly(2L, 5L);
  }

  @Test
  void anIdleListenerHoldsNoMoreThanItsRoom() {
    Uevents.Subscription idle = uevents.subscribe();
    Uevents.Subscription reads = uevents.subscribe();
    emit(Uevents.ROOM);
    assertThat(reads.drain()).hasSize(Uevents.ROOM);
    emit(1);
    assertThat(reads.drain()).hasSize(1);

    assertLost(
        idle::drain, "1 uevents were lost, from number 16385 on: 16384 were waiting to be read");
    assertThat(idle.drain()).hasSize(Uevents.ROOM);
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
