package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.refused;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

class PinnedUnmapTest {
  private final Space space = Space.v2();
  private final List<String> calls = new ArrayList<>();

  /** What the device does when it is called: by default it lets go of page 4. */
  private Runnable reaction = () -> {};

  private final DeviceDma device =
      space.dma.attach(
          "toy",
          (iova, size) -> {
            calls.add(iova / PAGE + "+" + size / PAGE);
            reaction.run();
          });

  @BeforeEach
  void pinPage4() {
    reaction = () -> device.unpinPages(4 * PAGE, 1);
    space.map(2 * PAGE, 1);
    space.map(4 * PAGE, 4);
    device.pinPages(4 * PAGE, 1, RW);
  }

  @AfterEach
  void close() {
    space.close();
  }

  @Test
  @DisplayName("5.3.6: only a mapping with pinned pages is told of, with its own address and size")
  void told() {
    assertThat(space.unmap(2 * PAGE, PAGE)).isEqualTo(PAGE);
    assertThat(calls).isEmpty();
    space.map(2 * PAGE, 1);

    assertThat(space.unmap(0, 64 * PAGE)).isEqualTo(5 * PAGE);

    assertThat(calls).containsExactly("4+4");
    assertThat(space.hostMemory().inUse()).isZero();
  }

  @Test
  @DisplayName("5.3.6: ALL tells of it, too")
  void all() {
    assertThat(space.unmapAll()).isEqualTo(5 * PAGE);
    assertThat(calls).containsExactly("4+4");
  }

  @Test
  @DisplayName("5.3.6: every open device that listens is called, whoever has pinned")
  void everyDevice() {
    List<String> others = new ArrayList<>();
    DeviceDma other = space.dma.attach((iova, size) -> others.add(iova + "+" + size));
    DeviceDma gone = space.dma.attach((iova, size) -> others.add("gone"));
    gone.close();
    space.dma.attach(null);
    assertThat(space.unmapAll()).isEqualTo(5 * PAGE);
    assertThat(others).containsExactly(4 * PAGE + "+" + 4 * PAGE);
    other.close();
  }

  @Test
  @DisplayName("5.3.6: a device that needs ten calls succeeds")
  void slow() {
    reaction =
        () -> {
          if (calls.size() == 10) {
            device.unpinPages(4 * PAGE, 1);
          }
        };
    assertThat(space.unmap(4 * PAGE, 4 * PAGE)).isEqualTo(4 * PAGE);
    assertThat(calls).hasSize(10);
  }

  @Test
  @DisplayName("5.3.6: ten calls without success: EBUSY, the mapping stays")
  void refusing() {
    reaction = () -> {};
    refused(Errno.EBUSY, () -> space.unmap(0, 64 * PAGE));
    assertThat(calls).hasSize(10);
    assertThat(space.dma.available()).as("the lower one is gone").isEqualTo(Space.LIMIT - 1);
    assertThat(space.dma.pinnedPages()).isEqualTo(1);
    device.read(4 * PAGE, Space.bytes(0));

    device.unpinPages(4 * PAGE, 1);
    assertThat(space.unmapAll()).isEqualTo(4 * PAGE);
  }

  @Test
  @DisplayName("5.3.6: the tries are counted for each mapping")
  void triesOfEach() {
    space.map(8 * PAGE, 1);
    device.pinPages(8 * PAGE, 1, RW);
    reaction =
        () -> {
          if (calls.size() % 9 == 0) {
            device.unpinPages(calls.size() == 9 ? 4 * PAGE : 8 * PAGE, 1);
          }
        };
    assertThat(space.unmapAll()).isEqualTo(6 * PAGE);
    assertThat(calls).hasSize(18).startsWith("4+4").endsWith("8+1");
  }

  @Test
  @DisplayName("5.3.6: a pin of two needs two unpins")
  void pinnedTwice() {
    device.pinPages(4 * PAGE, 1, RW);
    assertThat(space.unmapAll()).isEqualTo(5 * PAGE);
    assertThat(calls).containsExactly("4+4", "4+4");
  }

  private static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("broken device"),
        new ErrnoException(Errno.EBUSY, "a listener can't refuse"),
        new AssertionError("broken device"),
        new StackOverflowError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  @DisplayName(
      "5.3.6: a listener that throws breaks its device: unpinned, told; the unmap succeeds")
  void throwing(Throwable failure) {
    List<String> others = new ArrayList<>();
    DeviceDma other = space.dma.attach((iova, size) -> others.add(iova / PAGE + "+" + size / PAGE));
    space.map(10 * PAGE, 1);
    device.pinPages(10 * PAGE, 1, RW);
    reaction = () -> fail(failure);

    assertThat(space.unmap(4 * PAGE, 4 * PAGE)).isEqualTo(4 * PAGE);

    assertThat(calls).as("asked once").containsExactly("4+4");
    assertThat(others).as("asked, too").containsExactly("4+4");
    assertThat(space.failures).containsExactly("dmaUnmap of toy: " + failure);
    assertThat(space.dma.pinnedPages()).as("also elsewhere").isZero();
    assertThat(space.hostMemory().inUse()).isZero();
    other.close();
  }

  @Test
  @DisplayName("5.3.6: a broken device has no DMA: EIO; it is not asked, and listens for no other")
  void broken() {
    DeviceDma deaf = space.dma.attach(null);
    reaction = () -> fail(new AssertionError("broken device"));
    assertThat(space.unmap(4 * PAGE, 4 * PAGE)).isEqualTo(4 * PAGE);
    calls.clear();

    refused(Errno.EIO, () -> device.pinPages(2 * PAGE, 1, RW));
    refused(Errno.EIO, () -> device.read(2 * PAGE, Space.bytes(0)));
    refused(Errno.EIO, () -> device.write(2 * PAGE, Space.bytes(0)));
    device.unpinPages(2 * PAGE, 1);
    refused(Errno.EINVAL, () -> deaf.pinPages(2 * PAGE, 1, RW));

    DeviceDma other = space.attachGoodDevice();
    deaf.pinPages(2 * PAGE, 1, RW);
    refused(Errno.EBUSY, space::unmapAll);
    assertThat(calls).isEmpty();
    device.close();
    refused(Errno.EINVAL, () -> device.read(2 * PAGE, Space.bytes(0)));
    deaf.close();
    other.close();
  }

  @Test
  @DisplayName("5.3.6: a pin that fetches its pages while its device breaks is EIO")
  void breaksDuringPin() {
    LazyMemory lazy = new LazyMemory(space.memory);
    space.map(10 * PAGE, 1, RW, lazy, 0);
    Parallel pin = Parallel.run(() -> refused(Errno.EIO, () -> device.pinPages(10 * PAGE, 1, RW)));
    lazy.awaitAsked();
    reaction = () -> fail(new AssertionError("broken device"));
    assertThat(space.unmap(4 * PAGE, 4 * PAGE)).isEqualTo(4 * PAGE);

    lazy.arrive();

    pin.join();
    assertThat(space.dma.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("5.3.6: EBUSY names the devices that hold the pages")
  void namesHolders() {
    reaction = () -> {};
    DeviceDma other = space.dma.attach("other", (iova, size) -> {});
    assertThatThrownBy(space::unmapAll).hasMessage("toy did not unpin the pages in 0x4000-0x7fff");
    other.close();
  }

  private static void fail(Throwable failure) {
    switch (failure) {
      case RuntimeException exception -> throw exception;
      case Error error -> throw error;
      default -> throw new IllegalArgumentException(failure);
    }
  }

  @Test
  @DisplayName("5.3.6: pins that no listener answers for: EBUSY")
  void deafDevice() {
    DeviceDma deaf = space.dma.attach(null);
    deaf.pinPages(5 * PAGE, 1, RW);
    device.close();
    refused(Errno.EBUSY, space::unmapAll);
    deaf.close();
    assertThat(space.unmapAll()).isEqualTo(4 * PAGE);
  }

  @Test
  @DisplayName("5.3.6: the listener runs without the lock, and pins are looked at anew after it")
  void withoutLock() {
    reaction =
        () -> {
          Parallel.run(
                  () -> {
                    device.read(4 * PAGE, Space.bytes(0));
                    device.pinPages(5 * PAGE, 1, RW);
                    device.unpinPages(4 * PAGE, 1);
                  })
              .join();
          reaction = () -> device.unpinPages(5 * PAGE, 1);
        };
    assertThat(space.unmap(0, 64 * PAGE)).isEqualTo(5 * PAGE);
    assertThat(calls).containsExactly("4+4", "4+4");
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
  }

  @Test
  @DisplayName("5.2, 5.3: while a listener runs, the ranges of all mappings that go are taken")
  void takenWhileListenerRuns() {
    reaction =
        () -> {
          refused(Errno.EEXIST, () -> space.map(2 * PAGE, 1));
          assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 2);
          refused(Errno.EINVAL, () -> device.read(2 * PAGE, Space.bytes(0)));
          device.unpinPages(4 * PAGE, 1);
        };
    assertThat(space.unmap(0, 64 * PAGE)).isEqualTo(5 * PAGE);
    assertThat(space.failures).isEmpty();
    space.map(2 * PAGE, 1);
  }

  @Test
  @DisplayName("5.3.6: what is mapped while a listener runs stays, also across the range's end")
  void mappedMeanwhileStays() {
    reaction =
        () -> {
          space.map(3 * PAGE, 1);
          space.map(9 * PAGE, 2);
          device.unpinPages(4 * PAGE, 1);
        };
    assertThat(space.unmap(0, 10 * PAGE)).isEqualTo(5 * PAGE);
    assertThat(space.failures).isEmpty();
    device.read(3 * PAGE, Space.bytes(0));
    device.read(9 * PAGE, Space.bytes(0));
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 2);
  }

  @Test
  @DisplayName("5.3.6, 5.6: the space is closed while a listener runs: the unmap ends")
  void spaceClosedMeanwhile() {
    reaction = () -> Parallel.run(space.dma::close).join();
    assertThat(space.unmap(0, 64 * PAGE)).as("without what close took").isEqualTo(PAGE);
    assertThat(space.failures).isEmpty();
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
  }

  @Test
  @DisplayName("5.3.6: unmapped by somebody else while the listener ran: 0 bytes, success")
  void unmappedMeanwhile() {
    reaction =
        () -> {
          device.unpinPages(4 * PAGE, 1);
          reaction = () -> {};
          assertThat(space.unmap(4 * PAGE, 4 * PAGE)).isEqualTo(4 * PAGE);
        };
    assertThat(space.unmap(4 * PAGE, 4 * PAGE)).isZero();
  }

  @Test
  @DisplayName("5.4: closing a device waits for its listener, and takes its pins back")
  void closeDuringCall() {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    reaction =
        () -> {
          called.countDown();
          Parallel.await(proceed);
        };
    Parallel unmap = Parallel.run(space::unmapAll);
    Parallel.await(called);
    Parallel close = Parallel.run(device::close);
    close.awaitBlocked();
    assertThat(space.dma.pinnedPages()).isZero();

    proceed.countDown();

    close.join();
    unmap.join();
    assertThat(calls).hasSize(1);
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
  }
}
