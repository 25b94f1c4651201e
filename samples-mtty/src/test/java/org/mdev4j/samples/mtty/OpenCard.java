package org.mdev4j.samples.mtty;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;
import org.mdev4j.vfio.migration.DataFile;

/** A card as its user sees it: through its device file and nothing else. */
final class OpenCard implements AutoCloseable {
  static final int INTX = 0;
  static final int MSI = 1;
  static final int CONFIG = 7;

  private static final int GET = 0x10000;
  private static final int SET = 0x20000;
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  final DeviceFile file;
  private final Container container;
  private final GroupFile group;
  private final List<DataFile> streams = new ArrayList<>();

  OpenCard(Host host, String uuid) {
    Vfio vfio = host.service(Vfio.class);
    String number = host.tree().resolve("/sys/bus/mdev/devices/" + uuid + "/iommu_group").name();
    container = vfio.openContainer("test");
    group = vfio.openGroup(Integer.parseInt(number), "test");
    group.setContainer(container);
    container.setIommu(3);
    file = group.openDevice(uuid);
  }

  static long at(int region, long offset) {
    return ((long) region << 40) + offset;
  }

  /** Reads a register of a port. */
  int in(int port, int register) {
    return bytes(at(port, register), 1)[0] & 0xff;
  }

  /** Writes a register of a port. */
  void out(int port, int register, int value) {
    write(at(port, register), (byte) value);
  }

  byte[] bytes(long position, int count) {
    byte[] bytes = new byte[count];
    file.read(position, MemorySegment.ofArray(bytes));
    return bytes;
  }

  void write(long position, byte... bytes) {
    file.write(position, MemorySegment.ofArray(bytes));
  }

  int config(int offset) {
    return MemorySegment.ofArray(bytes(at(CONFIG, offset), 4)).get(U32, 0);
  }

  void config(int offset, int value) {
    byte[] bytes = new byte[4];
    MemorySegment.ofArray(bytes).set(U32, 0, value);
    write(at(CONFIG, offset), bytes);
  }

  /** SET_IRQS for one interrupt at 0 with an eventfd; null for -1. */
  void trigger(int index, @Nullable TriggerFd eventfd) {
    List<@Nullable TriggerFd> triggers = new ArrayList<>();
    triggers.add(eventfd);
    file.setIrqs(
        new IrqSet(
            24, IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER, index, 0, 1, new byte[0], triggers));
  }

  /** SET_IRQS without data. */
  void irqs(int index, int action, int start, int count) {
    file.setIrqs(
        new IrqSet(20, IrqSet.DATA_NONE | action, index, start, count, new byte[0], List.of()));
  }

  /** SET_IRQS with one byte. */
  void irqs(int index, int action, boolean selected) {
    byte[] bools = {(byte) (selected ? 1 : 0)};
    file.setIrqs(new IrqSet(21, IrqSet.DATA_BOOL | action, index, 0, 1, bools, List.of()));
  }

  void unmask() {
    irqs(INTX, IrqSet.ACTION_UNMASK, 0, 1);
  }

  /** DEVICE_FEATURE to read 8 bytes. */
  long feature(int index) {
    byte[] data = new byte[8];
    feature(index | GET, data);
    return MemorySegment.ofArray(data).get(U64, 0);
  }

  /** MIG_DEVICE_STATE: the new data file if there is one. */
  @Nullable DataFile migrate(int state) {
    byte[] data = new byte[8];
    MemorySegment.ofArray(data).set(U32, 0, state);
    feature(2 | SET, data);
    int number = MemorySegment.ofArray(data).get(U32, 4);
    return number < 0 ? null : streams.get(number);
  }

  int migrationState() {
    byte[] data = new byte[8];
    feature(2 | GET, data);
    return MemorySegment.ofArray(data).get(U32, 0);
  }

  private void feature(int flags, byte[] data) {
    file.feature(
        8 + data.length,
        flags,
        MemorySegment.ofArray(data),
        stream -> {
          streams.add(stream);
          return streams.size() - 1;
        },
        (address, size) -> null);
  }

  @Override
  public void close() {
    file.close();
    group.close();
    container.close();
  }
}
