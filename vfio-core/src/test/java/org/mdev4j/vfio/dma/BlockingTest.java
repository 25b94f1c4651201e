package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.refused;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.device.errno.Errno;

/**
 * Which calls wait when the user's memory has to arrive first, and what an interrupt does to them.
 */
class BlockingTest {
  private final Space space = Space.v2();
  private final DeviceDma device = space.attachGoodDevice();
  private final LazyMemory lazy = new LazyMemory(space.memory);

  @BeforeEach
  void map() {
    space.map(0, 1, RW, lazy, 0);
    space.map(PAGE, 1);
  }

  @AfterEach
  void close() {
    lazy.arrive();
    space.close();
  }

  /** Maps, copies, pins, unpins, unmaps and closes: all that others do, elsewhere. */
  private void othersGoOn() {
    Parallel.run(
            () -> {
              DeviceDma other = space.attachGoodDevice();
              space.map(4 * PAGE, 1);
              other.write(4 * PAGE, Space.bytes(1));
              assertThat(other.pinPages(4 * PAGE, 1, RW)).hasSize(1);
              other.unpinPages(4 * PAGE, 1);
              assertThat(other.pinPages(4 * PAGE, 1, RW)).hasSize(1);
              assertThat(space.unmap(4 * PAGE, PAGE)).isEqualTo(PAGE);
              space.startTracking();
              assertThat(space.dirty(PAGE, 1)).isEmpty();
              space.stopTracking();
              other.close();
            })
        .join();
  }

  @Test
  @DisplayName("5.4: while a pin blocks, everything that is not its own mapping or device goes on")
  void pin() {
    Parallel pin = Parallel.run(() -> device.pinPages(0, 1, RW));
    lazy.awaitAsked();

    othersGoOn();
    assertThat(space.unmap(PAGE, PAGE)).isEqualTo(PAGE);
    assertThat(space.dma.pinnedPages()).isZero();

    lazy.arrive();
    pin.join();
    assertThat(space.dma.pinnedPages()).isEqualTo(1);
  }

  @Test
  @DisplayName("5.3, 5.4: an unmap of what is being pinned waits, then has it unpinned")
  void pinAndUnmap() {
    Parallel pin = Parallel.run(() -> assertThat(device.pinPages(0, 2, RW)).hasSize(2));
    lazy.awaitAsked();
    Parallel unmap = Parallel.run(() -> space.unmap(0, PAGE));
    unmap.awaitBlocked();

    othersGoOn();
    refused(Errno.EINVAL, () -> device.pinPages(0, 1, RW));

    lazy.arrive();
    pin.join();
    unmap.join();
    assertThat(space.dma.pinnedPages()).as("the page that was not unmapped").isEqualTo(1);
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 1);
  }

  @Test
  @DisplayName("5.4: closing a device waits for its pin, which is EINVAL; nothing stays pinned")
  void pinAndClose() {
    DeviceDma other = space.attachGoodDevice();
    Parallel pin = Parallel.run(() -> refused(Errno.EINVAL, () -> device.pinPages(0, 1, RW)));
    lazy.awaitAsked();
    Parallel close = Parallel.run(device::close);
    close.awaitBlocked();

    othersGoOn();
    other.close();

    lazy.arrive();
    pin.join();
    close.join();
    assertThat(space.dma.pinnedPages()).isZero();
  }

  @Test
  @DisplayName(
      "5.4: pins are refused if the last listener was closed while their pages were fetched")
  void pinAndLastListener() {
    DeviceDma deaf = space.dma.attach(null);
    Parallel pin = Parallel.run(() -> refused(Errno.EINVAL, () -> deaf.pinPages(0, 1, RW)));
    lazy.awaitAsked();

    device.close();

    lazy.arrive();
    pin.join();
    assertThat(space.dma.pinnedPages()).isZero();
  }

  @Test
  @DisplayName(
      "5.2, 5.3: until UNMAP has returned its range is taken: EEXIST, at once; no other is")
  void rangeIsTakenWhileUnmapped() {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    Parallel unmap = Parallel.run(() -> assertThat(space.unmap(0, PAGE)).isEqualTo(PAGE));
    unmap.awaitBlocked();

    othersGoOn();
    refused(Errno.EEXIST, () -> space.map(0, 1));
    assertThat(space.dma.available()).as("it still has its entry").isEqualTo(Space.LIMIT - 2);
    refused(Errno.EINVAL, () -> device.pinPages(0, 1, RW));

    lazy.arrive();
    copy.join();
    unmap.join();
    space.map(0, 1);
    device.read(0, Space.bytes(0));
  }

  @Test
  @DisplayName("5.3: a second unmap of the range waits as well, and counts nothing twice")
  void secondUnmap() {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    Parallel first = Parallel.run(() -> assertThat(space.unmap(0, PAGE)).isEqualTo(PAGE));
    first.awaitBlocked();
    Parallel second = Parallel.run(() -> assertThat(space.unmapAll()).isEqualTo(PAGE));
    second.awaitBlocked();
    othersGoOn();

    lazy.arrive();

    copy.join();
    first.join();
    second.join();
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
  }

  @Test
  @DisplayName("5.3, 5.5: tracking that is stopped meanwhile takes nothing from GET_DIRTY_BITMAP")
  void stoppedTrackingWhileUnmapped() {
    space.startTracking();
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    UserBitmap bitmap = Space.bitmap(1);
    Parallel unmap = Parallel.run(() -> space.unmapTelling(0, 1, bitmap));
    unmap.awaitBlocked();

    space.stopTracking();
    space.startTracking();
    assertThat(space.dirty(0, 2)).isEmpty();

    lazy.arrive();
    copy.join();
    unmap.join();
    assertThat(Space.bitsOf(bitmap)).containsExactly(0L);
  }

  @Test
  @DisplayName(
      "5.6: the last group's leaving waits for a copy; nobody waits for the lock meanwhile")
  void spaceClose() {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    Parallel close = Parallel.run(space.dma::close);
    close.awaitBlocked();

    Parallel.run(
            () -> {
              refused(Errno.EINVAL, () -> space.map(PAGE, 1));
              refused(Errno.EINVAL, () -> space.unmapAll());
              refused(Errno.EINVAL, () -> device.pinPages(PAGE, 1, RW));
              refused(Errno.EINVAL, () -> device.read(PAGE, Space.bytes(0)));
              assertThat(space.dma.pinnedPages()).isZero();
            })
        .join();

    lazy.arrive();
    copy.join();
    close.join();
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
  }

  private static Stream<Arguments> waiting() {
    return Stream.of(
        Arguments.of("UNMAP_DMA", (Consumer<BlockingTest>) test -> test.space.unmap(0, PAGE)),
        Arguments.of("close of the device", (Consumer<BlockingTest>) test -> test.device.close()),
        Arguments.of(
            "close of the space", (Consumer<BlockingTest>) test -> test.space.dma.close()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waiting")
  @DisplayName("5: an interrupt neither ends a wait for a device nor is lost")
  void interrupt(String name, Consumer<BlockingTest> call) {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    Parallel waiting =
        Parallel.run(
            () -> {
              call.accept(this);
              assertThat(Thread.interrupted()).as("%s keeps the interrupt", name).isTrue();
            });
    waiting.awaitBlocked();

    waiting.interrupt();
    waiting.awaitBlocked();

    lazy.arrive();
    copy.join();
    waiting.join();
  }

  @Test
  @DisplayName("5.4: an interrupt is left to the memory: a copy and a pin go on in it")
  void interruptedAccess() {
    Thread.currentThread().interrupt();
    try {
      device.write(PAGE, Space.bytes(1));
      assertThat(device.pinPages(PAGE, 1, RW)).hasSize(1);
      device.unpinPages(PAGE, 1);
      assertThat(space.unmap(PAGE, PAGE)).isEqualTo(PAGE);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  @DisplayName("While a copy blocks, only unmapping its mapping waits; new copies find no mapping")
  void copy() {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    assertThat(space.unmap(PAGE, PAGE)).isEqualTo(PAGE);
    space.map(PAGE, 1);
    assertThat(device.pinPages(PAGE, 1, RW)).hasSize(1);
    Parallel unmap = Parallel.run(() -> space.unmap(0, PAGE));
    unmap.awaitBlocked();

    refused(Errno.EINVAL, () -> device.read(0, Space.bytes(0)));
    device.read(PAGE, Space.bytes(0));

    lazy.arrive();
    copy.join();
    unmap.join();
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 1);
  }

  @Test
  @DisplayName("5.3: pages written while they are unmapped are told by GET_DIRTY_BITMAP")
  void lateWriteIsTold() {
    space.startTracking();
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    UserBitmap bitmap = Space.bitmap(1);
    Parallel unmap = Parallel.run(() -> space.unmapTelling(0, 1, bitmap));
    unmap.awaitBlocked();

    lazy.arrive();

    copy.join();
    unmap.join();
    assertThat(Space.bitsOf(bitmap)).containsExactly(0L);
  }

  @Test
  @DisplayName(
      "5.5: a page that is told while a write to it is under way is dirty once more after it")
  void writeAcrossGet() {
    space.startTracking();
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    assertThat(space.dirty(0, 2)).isEmpty();

    lazy.arrive();

    copy.join();
    assertThat(space.dirty(0, 2)).containsExactly(0L);
  }

  @Test
  @DisplayName("Closing a device waits for its copies; no new ones begin")
  void deviceClose() {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    Parallel close = Parallel.run(device::close);
    close.awaitBlocked();

    refused(Errno.EINVAL, () -> device.read(PAGE, Space.bytes(0)));

    lazy.arrive();
    copy.join();
    close.join();
  }
}
