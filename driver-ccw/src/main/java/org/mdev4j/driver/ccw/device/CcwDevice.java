package org.mdev4j.driver.ccw.device;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.AccessPolicy;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.PinsMemory;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionCapability;
import org.mdev4j.vfio.model.RegionLayout;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.VfioDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An I/O subchannel as a VFIO device ({@code spec/ccw.md} 4 to 6). A user starts channel programs
 * in region 0, halts and clears in region 1, looks at the subchannel in region 2 and at channel
 * reports in region 3.
 *
 * <p>Nothing of one user is left for the next: regions are empty, channel reports that came while
 * somebody had the device open are gone, and triggers are the core's, which drops them.
 *
 * <h2>How it hangs together</h2>
 *
 * A write to region 0 or 1 goes to the {@link Requests}. What the subchannel presents comes back by
 * the {@link StatusDelivery}. The {@link Lifecycle} opens, closes and resets the device, and has it
 * break. The three share the {@link DeviceState}, and nothing with another device: one that waits
 * for its user's memory delays no other.
 *
 * <h2>Thread safety</h2>
 *
 * Thread-safe. Locks in the order in which they are taken:
 *
 * <ol>
 *   <li>the user's {@link org.mdev4j.vfio.irq.Interrupts}: held by the delivery while it hands over
 *       a status, the signal included. A reset that is done waits for it, with no lock held;
 *   <li>the turn of the lifecycle: opening, closing and reset come one at a time, each as a whole;
 *   <li>the {@link IoLock}: the region, the user, the program. Requests only try to take it; so
 *       does the work, which is called again by the release of the lock if it is due. It is held
 *       while the user's memory is waited for;
 *   <li>the subchannel lock: the state, every instruction. The css core holds it when it calls
 *       {@link #interrupt}. No user is signalled under it, and no user's memory is waited for.
 * </ol>
 */
public final class CcwDevice implements VfioDevice, Resettable, PinsMemory {
  /** Interrupt index: the I/O region has a new IRB. */
  public static final int IO_IRQ = 0;

  /** Interrupt index: there are channel-report words to read. */
  public static final int CRW_IRQ = 1;

  /** Interrupt index: the device is wanted back. */
  public static final int REQUEST_IRQ = 2;

  /** A region begins at its index shifted by this. */
  private static final int OFFSET_BITS = 10;

  private static final int REGION_TYPE_CCW = 2;
  private static final int LOG_EVERY = 10;

  private static final Logger log = LoggerFactory.getLogger(CcwDevice.class);

  private final Subchannel subchannel;
  private final WorkQueue work;
  private final DeviceState state;
  private final StatusDelivery delivery;
  private final Lifecycle lifecycle;
  private final IoRegion ioRegion;
  private final CommandRegion commandRegion;
  private final CrwQueue crws = new CrwQueue();
  private final List<Region> regions;

  /**
   * @param work runs what an interrupt or a channel report leaves to be done, for this device only
   */
  public CcwDevice(Subchannel subchannel, HostServices host, WorkQueue work) {
    this(new DeviceState(subchannel, host), work);
  }

  private CcwDevice(DeviceState state, WorkQueue work) {
    this(state, work, new StatusDelivery(state, work));
  }

  private CcwDevice(DeviceState state, WorkQueue work, StatusDelivery delivery) {
    this(state, work, delivery, new Requests(state, delivery), new Lifecycle(state, delivery));
  }

  /** Of parts that share {@code state} and {@code delivery}. */
  CcwDevice(
      DeviceState state,
      WorkQueue work,
      StatusDelivery delivery,
      Requests requests,
      Lifecycle lifecycle) {
    this.subchannel = state.subchannel();
    this.work = work;
    this.state = state;
    this.delivery = delivery;
    this.lifecycle = lifecycle;
    ioRegion = new IoRegion(requests);
    commandRegion = new CommandRegion(requests);
    regions =
        List.of(
            new Region.Whole(IoArea.SIZE, Region.READ | Region.WRITE, List.of(), ioRegion),
            region(1, CommandRegion.SIZE, Region.READ | Region.WRITE, commandRegion),
            region(2, Schib.SIZE, Region.READ, new SchibRegion(requests)),
            region(
                3, CrwRegion.SIZE, Region.READ, new CrwRegion(requests, crws, this::signalCrws)));
  }

  private static Region region(int subtype, int size, int flags, Region.WholeAccess access) {
    return new Region.Whole(
        size, flags, List.of(new RegionCapability.Type(REGION_TYPE_CCW, subtype)), access);
  }

  @Override
  public DeviceApi api() {
    return DeviceApi.CCW;
  }

  @Override
  public int regionCount() {
    return regions.size();
  }

  @Override
  public @Nullable Region region(int index) {
    return 0 <= index && index < regions.size() ? regions.get(index) : null;
  }

  @Override
  public RegionLayout layout() {
    return RegionLayout.shifted(OFFSET_BITS);
  }

  @Override
  public AccessPolicy accessPolicy() {
    return AccessPolicy.WHOLE;
  }

  @Override
  public List<IrqIndex> irqs() {
    return List.of(IrqIndex.trigger(), IrqIndex.trigger(), IrqIndex.trigger());
  }

  @Override
  public void open(DeviceContext context) {
    delivery.lock().lock();
    try {
      ioRegion.clear();
      commandRegion.clear();
    } finally {
      delivery.lock().unlock();
    }
    lifecycle.open(context);
  }

  @Override
  public void close() {
    lifecycle.close();
    crws.clear();
  }

  @Override
  public void reset() {
    lifecycle.reset();
  }

  @Override
  public void dmaUnmap(long iova, long size) {
    lifecycle.unmapped(iova, size);
  }

  @Override
  public void request(int count) {
    boolean asked = signal(REQUEST_IRQ);
    if (asked && count % LOG_EVERY == 0) {
      log.info("{}: its user is asked to let go, time {}", subchannel.id(), count + 1);
    } else if (!asked && count == 0) {
      log.info("{}: its user can't be asked to let go", subchannel.id());
    }
  }

  /** The subchannel has presented status. Called under the subchannel lock. */
  public void interrupt(Irb irb) {
    delivery.interrupt(irb);
  }

  /** Disables a subchannel, if it can be, that presents status to nobody. Its lock is held. */
  public static void silence(Subchannel subchannel) {
    try {
      subchannel.disable();
    } catch (ErrnoException refusal) {
      log.debug("{}: not disabled: {}", subchannel.id(), refusal.summary());
    }
  }

  /** Something is to be told to the user about a channel path. Any lock may be held. */
  public void report(Crw crw) {
    crws.add(crw);
    work.submit(this::signalCrws);
  }

  /** A machine check concerned the subchannel: it may be gone. */
  public void checkPresence() {
    lifecycle.checkPresence();
  }

  /** The machine goes down. */
  public void shutdown() {
    lifecycle.shutdown();
  }

  private void signalCrws() {
    if (!crws.isEmpty()) {
      var _ = signal(CRW_IRQ);
    }
  }

  /** Whether the user has set up the interrupt, and so was signalled. */
  private boolean signal(int index) {
    DeviceContext user = state.user();
    return user != null && user.interrupts().signal(index, 0);
  }

  @Override
  public String toString() {
    return "vfio-ccw " + subchannel.id();
  }
}
