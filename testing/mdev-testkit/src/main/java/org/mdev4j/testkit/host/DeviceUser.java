package org.mdev4j.testkit.host;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;

/**
 * A user who has a device open: a container, the group in it, the device file. Closing it closes
 * them, and what the group needed; a second close does nothing.
 *
 * <p>Refusals come out as they are. Values are little-endian.
 */
public final class DeviceUser implements AutoCloseable {
  private static final int TYPE1_V2 = 3;
  private static final int INFO_SIZE = 16;

  private final Scope scope;
  private final Container container;
  private final GroupFile group;
  private final DeviceFile file;
  private volatile @Nullable GuestMemory mapped;

  DeviceUser(TestHost host, int groupNumber, String uuid, GroupPreparation beforeOpen) {
    Scope opening = new Scope("user of " + uuid, host.host().tracing());
    try {
      container = opening.own(host.vfio().openContainer("test"));
      group = opening.own(host.vfio().openGroup(groupNumber, "test"));
      group.setContainer(container);
      container.setIommu(TYPE1_V2);
      beforeOpen.prepare(host, group, opening);
      file = opening.own(group.openDevice(uuid));
    } catch (Throwable failure) {
      opening.close();
      throw failure;
    }
    scope = opening;
  }

  /** The device file. */
  public DeviceFile file() {
    return file;
  }

  /** One more file on the same device. The test closes it. */
  public DeviceFile openAgain() {
    return group.openDevice(file.name());
  }

  public Container container() {
    return container;
  }

  /** What is known of a region. */
  public RegionInfo region(int index) {
    return file.regionInfo(RegionInfo.SIZE, index);
  }

  /** What is known of every region, in the order of their indexes. */
  public List<RegionInfo> regions() {
    return IntStream.range(0, file.info(INFO_SIZE).regions()).mapToObj(this::region).toList();
  }

  /** The position in the device file of a byte of a region. */
  public long at(int region, long offset) {
    return region(region).offset() + offset;
  }

  /** Reads up to {@code count} bytes; as many as there were. */
  public byte[] read(long position, int count) {
    byte[] bytes = new byte[count];
    long read = file.read(position, MemorySegment.ofArray(bytes));
    return Arrays.copyOf(bytes, Math.toIntExact(read));
  }

  /** Reads as hexadecimal digits. */
  public String readHex(long position, int count) {
    return HexFormat.of().formatHex(read(position, count));
  }

  /** Reads 4 bytes as a number. */
  public int read32(long position) {
    return ByteBuffer.wrap(read(position, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /** Reads 2 bytes as a number. */
  public int read16(long position) {
    byte[] bytes = read(position, Short.BYTES);
    return Short.toUnsignedInt(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort());
  }

  public long write(long position, byte... bytes) {
    return file.write(position, MemorySegment.ofArray(bytes));
  }

  /** Writes hexadecimal digits. */
  public long writeHex(long position, String hex) {
    return write(position, HexFormat.of().parseHex(hex));
  }

  /** Writes a number of 4 bytes. */
  public long write32(long position, int value) {
    byte[] bytes = new byte[Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(value);
    return write(position, bytes);
  }

  /** Writes a number of 2 bytes. */
  public long write16(long position, int value) {
    byte[] bytes = new byte[Short.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort((short) value);
    return write(position, bytes);
  }

  /** Maps all of {@code memory} for reading and writing. */
  public void map(long iova, GuestMemory memory) {
    mapped = memory;
    container
        .iommu()
        .map(new DmaMap(DmaMap.SIZE, DmaMap.READ | DmaMap.WRITE, memory, 0, iova, memory.size()));
  }

  /**
   * The memory that was mapped last, for the user itself to write to.
   *
   * @throws ErrnoException {@code EFAULT} if nothing was
   */
  public GuestMemory memory() {
    GuestMemory memory = mapped;
    if (memory == null) {
      throw new ErrnoException(Errno.EFAULT, "the user has mapped no memory");
    }
    return memory;
  }

  /** Unmaps everything from {@code iova} on for {@code size} bytes. */
  public void unmap(long iova, long size) {
    var _ = container.iommu().unmap(new DmaUnmap(DmaUnmap.SIZE, 0, iova, size, null));
  }

  /** Sets up one interrupt; what it returns counts the signals. */
  public EventCounter trigger(int index, int subindex) {
    EventCounter signals = new EventCounter();
    trigger(index, subindex, () -> signals);
    return signals;
  }

  /** Sets up the first interrupt of an index. */
  public EventCounter trigger(int index) {
    return trigger(index, 0);
  }

  /** SET_IRQS with one eventfd; null for -1. */
  public void trigger(int index, int subindex, @Nullable TriggerFd eventfd) {
    List<@Nullable TriggerFd> triggers = new ArrayList<>();
    triggers.add(eventfd);
    file.setIrqs(
        new IrqSet(
            IrqSet.HEADER_SIZE + Integer.BYTES,
            IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
            index,
            subindex,
            1,
            new byte[0],
            triggers));
  }

  /** SET_IRQS without data: mask, unmask or trigger. */
  public void irqs(int index, int action, int start, int count) {
    file.setIrqs(
        new IrqSet(
            IrqSet.HEADER_SIZE,
            IrqSet.DATA_NONE | action,
            index,
            start,
            count,
            new byte[0],
            List.of()));
  }

  @Override
  public void close() {
    scope.close();
  }
}
