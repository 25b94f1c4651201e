package org.mdev4j.driver.ap.matrix;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.PinnedPage;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.AccessPolicy;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.PinsMemory;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.VfioDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A matrix device ({@code spec/ap.md} 2.2): what an administrator has assigned, what of it a guest
 * has or would have, and the guest, while one has the device open.
 *
 * <pre>
 *   assigned --(what the host has, adapters with all their queues)--> guest matrix --load--> APCB
 * </pre>
 *
 * <h2>The guest</h2>
 *
 * The program that opens the device names the guest to the VFIO group ({@link
 * org.mdev4j.vfio.GroupFile#setGuest}); here it comes out of the {@link DeviceContext} as an {@link
 * ApGuest}. Opening installs the handler of its PQAP(AQIC) and loads the guest matrix into its
 * crypto control block; later changes of the guest matrix are loaded as they happen. The handler
 * stays until the device is closed, so a guest has one device at a time.
 *
 * <h2>Thread safety</h2>
 *
 * By {@link MatrixLocks}: every field is changed under the locks for guests and for devices and
 * read under either; methods that change something say which locks their caller holds. The guest's
 * memory is waited for under {@code enabling} only, which no other device shares.
 */
public final class MatrixMdev implements VfioDevice, Resettable, PinsMemory {
  private static final Logger log = LoggerFactory.getLogger(MatrixMdev.class);

  private static final int LOG_EVERY = 10;

  private final String name;
  private final MatrixHost host;
  private final NavigableMap<Apqn, MatrixQueue> table = new TreeMap<>();
  private ApMatrix assigned = ApMatrix.EMPTY;
  private ApMatrix guestMatrix = ApMatrix.EMPTY;
  private ApMatrix pending = ApMatrix.EMPTY;
  private Map<Integer, String> dropped = Map.of();
  private final ReentrantLock enabling = new ReentrantLock();
  private @Nullable ApGuest guest;
  private @Nullable DeviceContext user;

  public MatrixMdev(String name, MatrixHost host) {
    this.name = name;
    this.host = host;
  }

  public String name() {
    return name;
  }

  MatrixHost host() {
    return host;
  }

  public ApMatrix assigned() {
    return assigned;
  }

  /** What the guest has, or would have. */
  public ApMatrix guestMatrix() {
    return guestMatrix;
  }

  /** The guest that has it open, or null. */
  public @Nullable ApGuest guest() {
    return guest;
  }

  public boolean isAssigned(Apqn apqn) {
    return assigned.has(apqn);
  }

  public boolean isUsedByGuest(Apqn apqn) {
    return guest != null && guestMatrix.has(apqn);
  }

  // What the assignment does. The locks for guests, the guest and devices are held.

  void assign(ApMatrix changed) {
    assigned = changed;
  }

  /** Takes over the queues of the assignment that are bound and that it has not yet. */
  void link() {
    for (MatrixQueue queue : host.queues()) {
      if (assigned.has(queue.apqn()) && !table.containsKey(queue.apqn())) {
        queue.owner(this);
        table.put(queue.apqn(), queue);
      }
    }
  }

  /** Lets go of the queues that are not assigned any more; returns them, still owned. */
  List<MatrixQueue> unlink() {
    List<MatrixQueue> unlinked =
        table.values().stream().filter(queue -> !assigned.has(queue.apqn())).toList();
    unlinked.forEach(queue -> table.remove(queue.apqn()));
    return unlinked;
  }

  /** Takes from the guest matrix what is not assigned any more. */
  void forgetUnassigned() {
    guestMatrix = guestMatrix.and(assigned);
  }

  /** Whether the host has gained something that waits for the end of the scan. */
  boolean awaitsScan() {
    return !pending.apm().isEmpty() || !pending.aqm().isEmpty();
  }

  /** Works out adapters and domains of the guest matrix anew, and logs why any are kept from it. */
  void filterQueues() {
    if (host.settings().staticAssignment()) {
      guestMatrix = assigned.withControlDomains(guestMatrix.adm());
      return;
    }
    GuestFilter filter = GuestFilter.of(assigned, host.qci().matrix(), table);
    filter
        .dropped()
        .forEach(
            (adapter, reason) -> {
              if (!reason.equals(dropped.get(adapter))) {
                log.info("{}: adapter {} does not reach the guest: {}", name, adapter, reason);
              }
            });
    dropped = filter.dropped();
    guestMatrix = new ApMatrix(filter.apm(), filter.aqm(), guestMatrix.adm());
  }

  /**
   * Something has gone: lets adapters that are complete without it return, unless that is left to
   * the next assign, probe or scan.
   */
  void refilter() {
    if (host.settings().refilter() && !awaitsScan()) {
      filterQueues();
    }
  }

  /** Works out the control domains of the guest matrix anew. */
  void filterControlDomains() {
    guestMatrix =
        guestMatrix.withControlDomains(
            host.settings().staticAssignment()
                ? assigned.adm()
                : assigned.adm().and(host.qci().matrix().adm()));
  }

  /** Loads the guest matrix into the guest, if there is one and it has changed. */
  void loadIfChanged(ApMatrix before) {
    ApGuest attached = guest;
    if (attached != null && !guestMatrix.equals(before)) {
      attached.load(guestMatrix);
    }
  }

  // What queues and scans do. The locks for guests, the guest and devices are held.

  /** A queue of the assignment was bound. */
  public void queueAdded(MatrixQueue queue) {
    queue.owner(this);
    table.put(queue.apqn(), queue);
    if (!awaitsScan()) {
      ApMatrix before = guestMatrix;
      filterQueues();
      loadIfChanged(before);
    }
  }

  /** A queue of the assignment is being unbound: its adapter can't be used any more. */
  public void queueRemoved(MatrixQueue queue) {
    ApMatrix before = guestMatrix;
    table.remove(queue.apqn());
    if (guestMatrix.has(queue.apqn())) {
      int adapter = queue.apqn().adapter();
      log.info("{}: adapter {} is taken from the guest: {} goes", name, adapter, queue);
      guestMatrix = guestMatrix.withAdapters(guestMatrix.apm().without(adapter));
    }
    refilter();
    loadIfChanged(before);
  }

  /** The host has lost something; the devices are still there. */
  public void hostLost(ApMatrix removed) {
    ApMatrix before = guestMatrix;
    guestMatrix = guestMatrix.minus(removed);
    refilter();
    loadIfChanged(before);
  }

  /** The host has gained something; the devices are not there yet. */
  public void hostGained(ApMatrix added) {
    pending = assigned.and(added);
  }

  /** The devices that the host has gained are there. */
  public void scanComplete() {
    ApMatrix before = guestMatrix;
    if (awaitsScan()) {
      filterQueues();
    }
    if (!pending.adm().isEmpty()) {
      filterControlDomains();
    }
    pending = ApMatrix.EMPTY;
    loadIfChanged(before);
  }

  /** It is unregistered: resets its queues and lets them go. */
  public void release() {
    MatrixLocks locks = host.locks();
    try (var _ = locks.guests();
        var _ = locks.mdevs()) {
      resetAll();
      table.values().forEach(queue -> queue.owner(null));
      table.clear();
    }
  }

  /** Resets every queue, whatever the others answer; what was wrong last, or null. */
  private @Nullable Errno resetAll() {
    Errno last = null;
    for (MatrixQueue queue : table.values()) {
      Errno wrong = queue.reset(host.clock());
      last = wrong == null ? last : wrong;
    }
    return last;
  }

  // VFIO.

  @Override
  public DeviceApi api() {
    return DeviceApi.AP;
  }

  @Override
  public AccessPolicy accessPolicy() {
    return AccessPolicy.NONE;
  }

  @Override
  public @Nullable Region region(int index) {
    return null;
  }

  @Override
  public List<IrqIndex> irqs() {
    return host.settings().requestInterrupt() ? List.of(IrqIndex.notification()) : List.of();
  }

  /**
   * @throws ErrnoException {@code EINVAL} without a guest, {@code EPERM} if another device is open
   *     for it
   */
  @Override
  public void open(DeviceContext context) {
    ApGuest opener = context.guest(ApGuest.class);
    if (opener == null) {
      throw new ErrnoException(Errno.EINVAL, name + " is opened for no guest");
    }
    boolean attaches = opener.features().crypto();
    // Without a lock: it waits for an AQIC of the guest's.
    if (attaches && !opener.installHook(this::aqic)) {
      throw new ErrnoException(
          Errno.EPERM, "guest " + opener.name() + " has another matrix device");
    }
    try {
      attach(context, opener, attaches);
    } catch (Throwable failure) {
      if (attaches) {
        opener.removeHook();
      }
      throw failure;
    }
  }

  private void attach(DeviceContext context, ApGuest opener, boolean attaches) {
    MatrixLocks locks = host.locks();
    try (var _ = locks.guests();
        var _ = locks.guest(opener);
        var _ = locks.mdevs()) {
      if (attaches) {
        opener.load(guestMatrix);
        guest = opener;
      }
      user = context;
    }
  }

  @Override
  public void close() {
    ApGuest attached;
    try (var _ = host.locks().guests()) {
      attached = guest;
    }
    try {
      detach();
    } finally {
      if (attached != null) {
        // Without a lock: it waits for an AQIC of the guest's, which is refused from now on.
        attached.removeHook();
      }
    }
  }

  /** Takes everything from the guest but the hook. */
  private void detach() {
    MatrixLocks locks = host.locks();
    try (var _ = locks.guests();
        var _ = locks.guest(guest);
        var _ = locks.mdevs()) {
      ApGuest attached = guest;
      guest = null;
      user = null;
      if (attached != null) {
        attached.load(ApMatrix.EMPTY);
        var _ = resetAll();
      }
    }
  }

  /**
   * @throws ErrnoException {@code EBUSY} or {@code EIO} if a queue was not reset
   */
  @Override
  public void reset() {
    try (var _ = host.locks().mdevs()) {
      Errno wrong = resetAll();
      if (wrong != null) {
        throw new ErrnoException(wrong, "not all queues of " + name + " were reset");
      }
    }
  }

  @Override
  public void request(int count) {
    DeviceContext asked;
    try (var _ = host.locks().mdevs()) {
      asked = user;
    }
    if (asked != null && host.settings().requestInterrupt() && asked.interrupts().signal(0, 0)) {
      if (count % LOG_EVERY == 0) {
        log.info("{}: Relaying device request to user (#{})", name, count);
      }
    } else if (count == 0) {
      log.info("{}: No device request registered, blocked until released by user", name);
    }
  }

  /** Interrupts that notify in memory which goes away are disabled, so nothing stays pinned. */
  @Override
  public void dmaUnmap(long iova, long size) {
    try (var _ = MatrixLocks.hold(enabling);
        var _ = host.locks().mdevs()) {
      for (MatrixQueue queue : new ArrayList<>(table.values())) {
        if (queue.interrupts().notifiesIn(iova, size)) {
          var _ = queue.interrupts().disable(host.clock());
        }
      }
    }
  }

  /** PQAP(AQIC) of the guest, with the hook's lock held by the guest. */
  private ApStatus aqic(Apqn apqn, boolean enable, int isc, long nib) {
    return enable ? enable(apqn, isc, nib) : disable(apqn);
  }

  private ApStatus disable(Apqn apqn) {
    try (var _ = host.locks().mdevs()) {
      MatrixQueue queue = table.get(apqn);
      return guest == null || queue == null
          ? ApStatus.of(ResponseCode.NOT_AVAILABLE)
          : queue.interrupts().disable(host.clock());
    }
  }

  /**
   * Pins the page of the notification indicator byte first, which may take as long as it takes the
   * guest's memory to arrive, and then looks again.
   */
  private ApStatus enable(Apqn apqn, int isc, long nib) {
    // An unmap of the page that is pinned waits until it is known whose it is.
    try (var _ = MatrixLocks.hold(enabling)) {
      DeviceContext opened = userOf(apqn);
      if (opened == null) {
        return ApStatus.of(ResponseCode.NOT_AVAILABLE);
      }
      PinnedPage page = QueueInterrupts.pin(apqn, opened.dma(), nib);
      if (page == null) {
        return ApStatus.of(ResponseCode.INVALID_ADDRESS);
      }
      try (var _ = host.locks().mdevs()) {
        ApGuest attached = guest;
        MatrixQueue queue = table.get(apqn);
        if (attached == null || !opened.equals(user) || queue == null) {
          opened.dma().unpinPages(page.iova(), 1);
          return ApStatus.of(ResponseCode.NOT_AVAILABLE);
        }
        return queue.interrupts().enable(attached, opened.dma(), isc, nib, page, host.clock());
      }
    }
  }

  /** The user of a queue that the guest may use, or null. */
  private @Nullable DeviceContext userOf(Apqn apqn) {
    try (var _ = host.locks().mdevs()) {
      return guest != null && table.containsKey(apqn) ? user : null;
    }
  }

  @Override
  public String toString() {
    return "matrix device " + name;
  }
}
