package org.mdev4j.driver.ccw;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.Trigger;
import org.mdev4j.vfio.irq.TriggerFd;

/** The user of a device: its file, its memory at an IOVA, and its eventfds. */
public final class CcwUser implements AutoCloseable {
  public static final long IO = 0;
  public static final long COMMAND = 0x400;
  public static final long SCHIB = 0x800;
  public static final long CRW = 0xC00;

  public static final int IO_SIZE = 124;

  /** Where the user's memory begins. */
  public static final int IOVA = 0x100000;

  /** Size of the user's memory. */
  public static final int MEMORY = 1 << 20;

  private static final int TYPE1_V2 = 3;
  private static final int READ_WRITE = 3;

  public final Container container;
  public final DeviceFile file;
  public final MemorySegment memory;
  public final EventCounter io = new EventCounter();
  public final EventCounter crw = new EventCounter();
  public final EventCounter req = new EventCounter();
  private final CcwHost host;
  private final GroupFile group;

  CcwUser(CcwHost on, String uuid) {
    host = on;
    memory = Arena.ofAuto().allocate(MEMORY, 4096);
    group = openGroup(uuid);
    container = host.host.service(Vfio.class).openContainer("test");
    try {
      group.setContainer(container);
      container.setIommu(TYPE1_V2);
      map(IOVA, GuestMemory.of(memory));
      file = group.openDevice(uuid);
    } catch (Throwable failure) {
      group.close();
      container.close();
      throw failure;
    }
    setUpTriggers();
  }

  private CcwUser(CcwUser first, String uuid) {
    host = first.host;
    memory = first.memory;
    group = openGroup(uuid);
    container = first.container;
    try {
      group.setContainer(container);
      file = group.openDevice(uuid);
    } catch (Throwable failure) {
      group.close();
      throw failure;
    }
    setUpTriggers();
  }

  private GroupFile openGroup(String uuid) {
    String number =
        host.host.tree().resolve("/sys/bus/mdev/devices/" + uuid + "/iommu_group").name();
    return host.host.service(Vfio.class).openGroup(Integer.parseInt(number), "test");
  }

  private void setUpTriggers() {
    trigger(0, io);
    trigger(1, crw);
    trigger(2, req);
  }

  /** The same user with another device in the same container; closed before this. */
  public CcwUser openAlso(String uuid) {
    return new CcwUser(this, uuid);
  }

  /** Maps all of {@code what} for reading and writing. */
  public void map(long iova, GuestMemory what) {
    map(iova, what, READ_WRITE);
  }

  public void map(long iova, GuestMemory what, int prot) {
    container.iommu().map(new DmaMap(DmaMap.SIZE, prot, what, 0, iova, what.size()));
  }

  /** SET_IRQS with an eventfd; null for -1. */
  public void trigger(int index, @Nullable Trigger eventfd) {
    List<@Nullable TriggerFd> triggers = new ArrayList<>();
    triggers.add(eventfd == null ? null : () -> eventfd);
    file.setIrqs(
        new IrqSet(
            24, IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER, index, 0, 1, new byte[0], triggers));
  }

  /** Puts a format-1 program at an IOVA. */
  public void program(int iova, Ccw... ccws) {
    for (int i = 0; i < ccws.length; i++) {
      BigEndian.doubleword(memory, iova - IOVA + 8L * i, ccws[i].toFormat1());
    }
  }

  /** An ORB for a format-1 program. */
  public static Orb orb(int cpa) {
    return new Orb(0x11223344, Orb.FORMAT_1 | Orb.PREFETCH | Orb.FORMAT_2_IDAW | 0x8000, cpa);
  }

  /** The I/O region for a request. */
  public static byte[] request(Orb orb, int functionControl) {
    byte[] region = new byte[IO_SIZE];
    MemorySegment bytes = MemorySegment.ofArray(region);
    orb.writeTo(bytes);
    BigEndian.word(bytes, 12, functionControl);
    return region;
  }

  /** Starts a program; refusals come out as they are. */
  public void start(Orb orb) {
    write(IO, request(orb, Scsw.START));
  }

  /** Puts a program at the begin of the memory, starts it and waits for one interrupt. */
  public Irb run(Ccw... ccws) {
    program(IOVA, ccws);
    start(orb(IOVA));
    return awaitIrb();
  }

  /** Starts a program that reads {@code count} bytes by {@code command} into its second page. */
  public void start(int command, int count) {
    program(IOVA, new Ccw(command, Ccw.SUPPRESS_LENGTH, count, IOVA + 0x1000));
    start(orb(IOVA));
  }

  /** How many pages of the memory are pinned. */
  public int pinnedPages() {
    return container.iommu().pinnedPages();
  }

  /** Waits for {@code eventfd} to be signalled and takes that. */
  public static void await(EventCounter eventfd) {
    try {
      if (!eventfd.await(CcwHost.LIMIT)) {
        throw new AssertionError("no signal");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    eventfd.take();
  }

  /** Waits for an interrupt, takes it, and reads the IRB. */
  public Irb awaitIrb() {
    await(io);
    return irb();
  }

  public Irb irb() {
    return Irb.readFrom(MemorySegment.ofArray(read(IO, IO_SIZE)).asSlice(24));
  }

  public int returnCode() {
    return BigEndian.word(MemorySegment.ofArray(read(IO + 120, 4)), 0);
  }

  public Schib schib() {
    return Schib.readFrom(MemorySegment.ofArray(read(SCHIB, Schib.SIZE)));
  }

  public int readCrw() {
    return BigEndian.word(MemorySegment.ofArray(read(CRW, 8)), 0);
  }

  public void halt() {
    command(1);
  }

  public void clear() {
    command(2);
  }

  public void command(int command) {
    byte[] region = new byte[8];
    BigEndian.word(MemorySegment.ofArray(region), 0, command);
    write(COMMAND, region);
  }

  public byte[] read(long position, int count) {
    byte[] bytes = new byte[count];
    long read = file.read(position, MemorySegment.ofArray(bytes));
    return Arrays.copyOf(bytes, (int) read);
  }

  public long write(long position, byte... bytes) {
    return file.write(position, MemorySegment.ofArray(bytes));
  }

  /** A second file on the open device. */
  public DeviceFile openAgain() {
    return group.openDevice(file.name());
  }

  /** Closes the device only; container and group stay, and can be looked at. */
  public void closeDevice() {
    file.close();
  }

  @Override
  public void close() {
    file.close();
    group.close();
    container.close();
  }
}
