package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.PinsMemory;

@DisplayName("A listener to an interrupt may do to its device what any thread may")
class ListenerClosesTest {
  private static final long PAGE = 4096;

  private final CountDownLatch unmapping = new CountDownLatch(1);
  private final CountDownLatch heard = new CountDownLatch(1);

  /** Signals when memory is unmapped, as a device does that ends what worked on the memory. */
  private final class Unmapped extends ToyModel implements PinsMemory {
    volatile @Nullable DeviceContext user;

    @Override
    public void open(DeviceContext context) {
      user = context;
      super.open(context);
    }

    DeviceContext user() {
      return Objects.requireNonNull(user);
    }

    @Override
    public List<IrqIndex> irqs() {
      return List.of(IrqIndex.trigger());
    }

    @Override
    public void dmaUnmap(long iova, long size) {
      unmapping.countDown();
      Callbacks.await(heard);
      user().interrupts().signal(0, 0);
      user().dma().unpinPages(iova, 1);
    }
  }

  @Test
  @DisplayName("it closes the device while another thread unmaps; then the device is removed")
  void closesDuringUnmap() {
    try (VfioHost host = new VfioHost();
        Arena arena = Arena.ofShared()) {
      Unmapped model = new Unmapped();
      VfioRegistration registration = host.register(host.device("toy0"), model);
      OpenDevice user = host.vfio().openDevice("toy0", "me");
      user.memory()
          .map(
              new DmaMap(
                  DmaMap.SIZE,
                  DmaMap.READ,
                  GuestMemory.of(arena.allocate(PAGE, PAGE)),
                  0,
                  0,
                  PAGE));
      model.user().dma().pinPages(0, 1, DeviceDma.READ);
      EventCounter eventfd = new EventCounter();
      user.file().setIrqs(bind(eventfd));
      eventfd.listen(
          () -> {
            heard.countDown();
            Callbacks.await(unmapping);
            user.file().close();
          });
      var signal = Background.run(() -> model.user().interrupts().signal(0, 0));
      var unmap =
          Background.run(() -> user.memory().unmap(new DmaUnmap(DmaUnmap.SIZE, 0, 0, PAGE, null)));
      unmap.join();
      signal.join();
      await().atMost(Background.LIMIT).until(() -> model.calls.contains("close"));
      Background.run(registration::close).join();
      user.close();
    }
  }

  @Test
  @DisplayName("what it throws is told to Tracing; one that never returns keeps no device")
  void throwsAndBlocks() {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    List<String> failed = new CopyOnWriteArrayList<>();
    try (VfioHost host = new VfioHost();
        var _ =
            host.host
                .tracing()
                .onFailure((what, failure) -> failed.add(what + ": " + failure.getMessage()))) {
      Unmapped model = new Unmapped();
      VfioRegistration registration = host.register(host.device("toy0"), model);
      try (OpenDevice user = host.vfio().openDevice("toy0", "me")) {
        EventCounter eventfd = new EventCounter();
        user.file().setIrqs(bind(eventfd));
        eventfd.listen(
            () -> {
              throw new IllegalStateException("planted");
            });
        eventfd.listen(
            () -> {
              blocked.countDown();
              Callbacks.await(end);
            });
        model.user().interrupts().signal(0, 0);
        Callbacks.await(blocked);
      }
      Background.run(registration::close).join();
      assertThat(model.calls).containsExactly("open", "close");
      end.countDown();
      await().atMost(Background.LIMIT).until(() -> !failed.isEmpty());
      assertThat(failed).containsExactly("work of queue listeners of toy0: planted");
    } finally {
      end.countDown();
    }
  }

  private static IrqSet bind(EventCounter counter) {
    return new IrqSet(
        IrqSet.HEADER_SIZE + Integer.BYTES,
        IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
        0,
        0,
        1,
        new byte[0],
        List.of(() -> counter));
  }
}
