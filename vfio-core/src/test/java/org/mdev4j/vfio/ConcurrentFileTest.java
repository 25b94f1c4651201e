package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.ToyDevices.Card;

@DisplayName("vfio 7: device files in many threads at once")
class ConcurrentFileTest {
  private static final int ROUNDS = 1000;

  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final VfioRegistration registration = host.register(host.device("toy0"), card);

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("a call that is under way keeps the device open when the file is closed")
  void callKeepsOpen() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    card.onUnit =
        () -> {
          inside.countDown();
          Callbacks.await(finish);
        };
    DeviceFile file = host.open(registration);
    Background<Long> reader = Background.call(() -> file.read(0, bytes()));
    Callbacks.await(inside);
    file.close();
    assertErrno(Errno.EBADF, () -> file.read(0, bytes()));
    assertThat(card.calls).containsExactly("open");
    finish.countDown();
    assertThat(reader.join()).isEqualTo(4);
    assertThat(card.calls).containsExactly("open", "close");
    assertThat(registration.users()).isEmpty();
  }

  @Test
  @DisplayName("a mapping that races with close is made and keeps the device open, or EBADF")
  void mapRacesWithClose() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      DeviceFile file = host.open(registration);
      CyclicBarrier go = new CyclicBarrier(2);
      Background<Boolean> mapper =
          Background.call(
              () -> {
                go.await();
                return mapsOrEbadf(file);
              });
      go.await();
      file.close();
      assertThat(mapper.join()).isTrue();
    }
    assertAlternated(ROUNDS);
  }

  @Test
  @DisplayName("no model is read or written while it is closed, no close is lost")
  void modelIsOpenInCalls() {
    AtomicBoolean open = new AtomicBoolean();
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger units = new AtomicInteger();
    card.onOpen = () -> open.set(true);
    card.onClose = () -> open.set(false);
    card.onUnit =
        () -> {
          units.incrementAndGet();
          wrong.addAndGet(open.get() ? 0 : 1);
        };
    List<Background<Void>> users = new ArrayList<>();
    for (int user = 0; user < 4; user++) {
      users.add(
          Background.run(
              () -> {
                for (int i = 0; i < ROUNDS / 4; i++) {
                  try (DeviceFile file = host.open(registration)) {
                    file.write(0, bytes());
                    file.read(bytes());
                  }
                }
              }));
    }
    users.forEach(Background::join);
    assertThat(units).hasValue(2 * ROUNDS);
    assertThat(wrong).hasValue(0);
    assertAlternated(0);
  }

  @Test
  @DisplayName("of many who use and close one file each call is done or EBADF; one close closes")
  void closesOnce() {
    for (int round = 0; round < 100; round++) {
      DeviceFile file = host.open(registration);
      List<Background<Boolean>> users = new ArrayList<>();
      for (int user = 0; user < 4; user++) {
        users.add(
            Background.call(
                () -> {
                  // Either is right; anything else is thrown.
                  var _ = reads(file);
                  file.close();
                  return reads(file);
                }));
      }
      users.forEach(user -> assertThat(user.join()).isFalse());
    }
    assertAlternated(100);
  }

  /** Every open was followed by its close; there were {@code opens} if that is not 0. */
  private void assertAlternated(int opens) {
    for (int i = 0; i < card.calls.size(); i++) {
      assertThat(card.calls.get(i)).isEqualTo(i % 2 == 0 ? "open" : "close");
    }
    assertThat(card.calls).isNotEmpty();
    assertThat(card.calls.size() % 2).isZero();
    if (opens != 0) {
      assertThat(card.calls).hasSize(2 * opens);
    }
    assertThat(registration.users()).isEmpty();
    assertThat(registration.uses().get()).isEqualTo(1);
    assertThat(host.owner().users()).isZero();
  }

  private boolean mapsOrEbadf(DeviceFile file) {
    int closesBefore = closes();
    try (Mapping mapping = file.map(Card.at(Card.MEMORY), 4096, true)) {
      return mapping.segment().byteSize() == 4096 && closes() == closesBefore;
    } catch (ErrnoException refusal) {
      return refusal.errno() == Errno.EBADF;
    }
  }

  private int closes() {
    return (int) card.calls.stream().filter("close"::equals).count();
  }

  private static boolean reads(DeviceFile file) {
    try {
      return file.read(0, bytes()) == 4;
    } catch (ErrnoException refusal) {
      if (refusal.errno() != Errno.EBADF) {
        throw refusal;
      }
      return false;
    }
  }

  private static MemorySegment bytes() {
    return MemorySegment.ofArray(new byte[4]);
  }
}
