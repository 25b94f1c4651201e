package org.mdev4j.cli.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;

/**
 * Runs channel programs on a subchannel as a hypervisor does for its guest: memory of the guest is
 * mapped, a start is written to the I/O region, the end is told by an interrupt.
 *
 * <p>Not thread-safe.
 */
public final class ChannelTalk {
  /** Where the guest's memory begins; the program lies there, data behind it. */
  private static final int IOVA = 0x10000;

  /** Where a program's data begin. */
  public static final int DATA = IOVA + 0x1000;

  private static final int MEMORY = 0x10000;
  private static final int PAGE = 4096;
  private static final int IO_REGION = 0;
  private static final int COMMAND_REGION = 1;
  private static final int IO_IRQ = 0;
  private static final int REQUEST_IRQ = 2;
  private static final int IO_SIZE = 124;
  private static final int IRB_OFFSET = 24;
  private static final int HALT = 1;
  private static final int FIRST_PATH = 0x8000;
  private static final int IRQ_ARGSZ = 24;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final DeviceFile device;
  private final MemorySegment memory = Arena.ofAuto().allocate(MEMORY, PAGE);
  private final EventCounter io = new EventCounter();
  private final EventCounter request = new EventCounter();

  public ChannelTalk(OpenDevice user) {
    device = user.file();
    user.memory()
        .map(
            new DmaMap(
                DmaMap.SIZE,
                DmaMap.READ | DmaMap.WRITE,
                GuestMemory.of(memory),
                0,
                IOVA,
                memory.byteSize()));
    setTrigger(IO_IRQ, io);
    setTrigger(REQUEST_IRQ, request);
  }

  /** The guest's bytes at an IOVA. */
  public byte[] bytes(int iova, int count) {
    return memory.asSlice(iova - IOVA, count).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Puts bytes at an IOVA. */
  public void put(int iova, byte... bytes) {
    memory.asSlice(iova - IOVA, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
  }

  /** Runs a program and returns the status that it ends with. */
  public Irb run(Ccw... ccws) throws InterruptedException {
    start(0, ccws);
    return awaitStatus();
  }

  /**
   * Starts a program.
   *
   * @param flags ORB flags beside those that every program here has
   * @throws ErrnoException as the device refuses
   */
  public void start(int flags, Ccw... ccws) {
    for (int i = 0; i < ccws.length; i++) {
      BigEndian.doubleword(memory, (long) Ccw.SIZE * i, ccws[i].toFormat1());
    }
    MemorySegment region = MemorySegment.ofArray(new byte[IO_SIZE]);
    new Orb(0, Orb.FORMAT_1 | Orb.PREFETCH | Orb.FORMAT_2_IDAW | FIRST_PATH | flags, IOVA)
        .writeTo(region);
    BigEndian.word(region, Orb.SIZE, Scsw.START);
    device.write(offset(IO_REGION), region);
  }

  /** Halts whatever goes on. */
  public void halt() {
    MemorySegment region = MemorySegment.ofArray(new byte[8]);
    BigEndian.word(region, 0, HALT);
    device.write(offset(COMMAND_REGION), region);
  }

  /**
   * Waits for the interrupt and reads the status that it tells of.
   *
   * @throws ErrnoException {@code ETIMEDOUT} if none comes
   */
  public Irb awaitStatus() throws InterruptedException {
    await(io, "interrupt");
    MemorySegment region = MemorySegment.ofArray(new byte[IO_SIZE]);
    device.read(offset(IO_REGION), region);
    return Irb.readFrom(region.asSlice(IRB_OFFSET));
  }

  /**
   * Waits until somebody wants the device back.
   *
   * @throws ErrnoException {@code ETIMEDOUT} if nobody does
   */
  public void awaitRequest() throws InterruptedException {
    await(request, "request to let go");
  }

  private static void await(EventCounter event, String what) throws InterruptedException {
    if (!event.await(PATIENCE)) {
      throw new ErrnoException(Errno.ETIMEDOUT, "no " + what + " came");
    }
    event.take();
  }

  private long offset(int region) {
    return device.regionInfo(RegionInfo.SIZE, region).offset();
  }

  private void setTrigger(int index, EventCounter eventfd) {
    device.setIrqs(
        new IrqSet(
            IRQ_ARGSZ,
            IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
            index,
            0,
            1,
            new byte[0],
            List.of(() -> eventfd)));
  }
}
