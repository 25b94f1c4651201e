package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.EventFd;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;
import org.mdev4j.vfio.migration.DataFile;
import org.mdev4j.vfio.migration.Migration;
import org.mdev4j.vfio.migration.MigrationState;
import org.mdev4j.vfiouser.client.RemoteDevice;
import org.mdev4j.vfiouser.raw.C;

@DisplayName("A device behind a socket is a VFIO device again")
class RemoteDeviceTest {
  private final ServedDevice device = new ServedDevice();
  private ServingHost serving;
  private VfioUserServer server;
  private ServingHost here;
  private List<String> filesBefore;
  private OpenDevice opened;
  private DeviceFile file;

  @BeforeEach
  void open() {
    serving = new ServingHost();
    serving.register("dev", device);
    server = serving.serve("dev", ServerLimits.USUAL);
    here = new ServingHost();
    filesBefore = C.openFiles();
    here.register("remote", RemoteDevice.at(server.path()));
    opened = here.vfio().openDevice("remote", "test");
    file = opened.file();
  }

  @AfterEach
  void close() {
    opened.close();
    ServingHost.eventually(() -> device.calls.getLast().equals("close"));
    ServingHost.eventually(() -> C.openFiles().equals(filesBefore));
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("vfio-user client"));
    here.close();
    server.close();
    serving.close();
  }

  private static MemorySegment bytes(int count) {
    byte[] random = new byte[count];
    new Random(count).nextBytes(random);
    return MemorySegment.ofArray(random);
  }

  private long position(int region) {
    return file.regionInfo(32, region).offset();
  }

  @Test
  void whatItIs() {
    assertThat(file.info(16)).hasToString("DeviceInfo[flags=3, regions=9, irqs=5]");
    assertThat(file.regionInfo(32, ServedDevice.PLAIN_BAR).size()).isEqualTo(4096);
    assertThat(file.regionInfo(32, 8).size()).isZero();
    assertThat(file.irqInfo(16, ServedDevice.MSIX).count()).isEqualTo(2048);
    assertThat(file.irqInfo(16, 1).count()).isZero();
  }

  @Test
  void registers() {
    MemorySegment written = bytes(4096);
    assertThat(file.write(position(ServedDevice.PLAIN_BAR), written)).isEqualTo(4096);
    MemorySegment read = MemorySegment.ofArray(new byte[4096]);
    assertThat(file.read(position(ServedDevice.PLAIN_BAR), read)).isEqualTo(4096);
    assertThat(read.mismatch(written)).isEqualTo(-1);
    assertThatThrownBy(() -> file.read(position(ServedDevice.PLAIN_BAR) + 4090, bytes(8)))
        .isInstanceOf(ErrnoException.class);
    assertThatThrownBy(() -> file.write(position(ServedDevice.READ_ONLY_BAR), bytes(4)))
        .isInstanceOf(ErrnoException.class);
  }

  @Test
  @DisplayName("a region that is mapped here is the device's memory")
  void mapped() {
    try (var mapping = file.map(position(ServedDevice.MAPPED_BAR), 0x4000, true)) {
      mapping.segment().set(ValueLayout.JAVA_INT, 0x100, 77);
      assertThat(device.memory().segment().get(ValueLayout.JAVA_INT, 0x100)).isEqualTo(77);
      device.memory().segment().set(ValueLayout.JAVA_INT, 0x200, 78);
      assertThat(mapping.segment().get(ValueLayout.JAVA_INT, 0x200)).isEqualTo(78);
    }
  }

  @Test
  @DisplayName("the device reaches memory that its user here has mapped")
  void dma() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(0x10000);
      opened.memory().map(new DmaMap(DmaMap.SIZE, 3, GuestMemory.of(memory), 0, 0x40000, 0x10000));
      MemorySegment data = bytes(0x3000);
      device.context().dma().write(0x41000, data);
      assertThat(memory.asSlice(0x1000, 0x3000).mismatch(data)).isEqualTo(-1);
      memory.set(ValueLayout.JAVA_INT, 8, 4711);
      file.write(position(ServedDevice.DMA_BAR), MemorySegment.ofArray(new long[] {0x40008}));
      MemorySegment word = MemorySegment.ofArray(new byte[4]);
      file.read(position(ServedDevice.DMA_BAR) + 8, word);
      assertThat(word.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(4711);
      assertThatThrownBy(() -> device.context().dma().read(0x90000, bytes(4)))
          .isInstanceOf(ErrnoException.class)
          .extracting(failure -> ((ErrnoException) failure).errno())
          .isEqualTo(Errno.EINVAL);
    }
  }

  private void set(int flags, int index, int start, int count, List<TriggerFd> triggers) {
    file.setIrqs(new IrqSet(20 + 4 * count, flags, index, start, count, new byte[0], triggers));
  }

  @Test
  void levels() throws Exception {
    EventCounter counter = new EventCounter();
    set(0x24, ServedDevice.INTX, 0, 1, List.of(() -> counter));
    device.context().interrupts().line(true);
    assertThat(counter.await(ServingHost.LIMIT)).isTrue();
    counter.take();
    set(0x11, ServedDevice.INTX, 0, 1, List.of());
    assertThat(counter.await(ServingHost.LIMIT)).as("still asserted").isTrue();
    counter.take();
    device.context().interrupts().line(false);
    set(0x21, ServedDevice.INTX, 0, 0, List.of());
    device.context().interrupts().line(true);
    assertThat(counter.peek()).as("disabled").isZero();
    assertThatThrownBy(() -> set(0x24, 5, 0, 1, List.of(() -> counter)))
        .isInstanceOf(ErrnoException.class);
  }

  @Test
  @DisplayName("more vectors than the server takes in a message, some of real eventfds")
  void messages() throws Exception {
    List<EventCounter> counters = new ArrayList<>();
    List<TriggerFd> triggers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      EventCounter counter = new EventCounter();
      counters.add(counter);
      triggers.add(() -> counter);
    }
    try (EventFd real = EventFd.create()) {
      triggers.set(3, () -> real);
      set(0x24, ServedDevice.MSIX, 0, 20, triggers);
      for (int i = 0; i < 20; i++) {
        assertThat(device.context().interrupts().signal(ServedDevice.MSIX, i)).isTrue();
        if (i == 3) {
          ServingHost.eventually(() -> real.take() == 1);
        } else {
          assertThat(counters.get(i).await(ServingHost.LIMIT)).isTrue();
        }
      }
      set(0x21, ServedDevice.MSIX, 0, 0, List.of());
    }
  }

  @Test
  void resetAndMigration() {
    file.reset();
    assertThat(device.calls).contains("reset");
    MemorySegment state = bytes(16);
    file.write(position(ServedDevice.PLAIN_BAR), state);
    Migration migration = file.migration();
    assertThat(migration).isNotNull();
    DataFile saved = migration.set(MigrationState.STOP_COPY);
    MemorySegment stream = MemorySegment.ofArray(new byte[100]);
    assertThat(saved.read(stream)).isEqualTo(16);
    assertThat(saved.read(stream.asSlice(16))).isZero();
    assertThat(stream.asSlice(0, 16).mismatch(state)).isEqualTo(-1);
    DataFile loading = migration.set(MigrationState.RESUMING);
    loading.write(MemorySegment.ofArray(new byte[16]));
    migration.set(MigrationState.RUNNING);
    MemorySegment read = MemorySegment.ofArray(new byte[16]);
    file.read(position(ServedDevice.PLAIN_BAR), read);
    assertThat(read.mismatch(MemorySegment.ofArray(new byte[16]))).isEqualTo(-1);
  }

  @Test
  @DisplayName("a server that goes away: calls fail, closing works")
  void serverGone() {
    server.close();
    assertThatThrownBy(() -> file.read(position(ServedDevice.PLAIN_BAR), bytes(4)))
        .isInstanceOf(ErrnoException.class)
        .extracting(failure -> ((ErrnoException) failure).errno())
        .isEqualTo(Errno.ENOTCONN);
    filesBefore.removeIf(name -> name.startsWith("socket:") || name.startsWith("pipe:"));
    opened.close();
    assertThatThrownBy(() -> RemoteDevice.at(server.path())).isInstanceOf(ErrnoException.class);
    filesBefore = C.openFiles();
  }

  @Test
  @DisplayName("each use is a connection: the next finds nothing of the one before")
  void again() {
    opened.close();
    device.calls.clear();
    opened = here.vfio().openDevice("remote", "test");
    file = opened.file();
    file.reset();
    assertThat(device.calls).endsWith("open", "reset");
    assertThatThrownBy(() -> here.vfio().openDevice("remote", "second"))
        .isInstanceOf(ErrnoException.class);
  }
}
