package org.mdev4j.vfio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Drained;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.VfioDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registered VFIO device ({@code spec/vfio.md} 1): the device model, who refers to it, who has it
 * open. Closing it unregisters.
 *
 * <pre>
 *  register --> [registered] --close--> [draining: request 0, 1, 2 ...] --last put--> [unregistered]
 *                 tryGet, open succeed      tryGet, open still succeed       both fail for ever
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * References are counted by {@link UseCount}, without a lock. {@code openCount} and the model's
 * {@code open} and {@code close} are guarded by this object's monitor (the lock of the device set,
 * of which every emulated device is alone in its own); no other lock of VFIO is taken under it but
 * those of the DMA space and the interrupts, which are leaves.
 */
public final class VfioRegistration implements Drained {
  /** How long unregistering waits before it asks the user again. */
  public static final Duration REQUEST_INTERVAL = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(VfioRegistration.class);

  private final Device physical;
  private final VfioDevice model;
  private final LoadedModule owner;
  private final HostClock clock;
  private final Tracing tracing;
  private final UseCount uses = new UseCount();
  private final List<String> users = new CopyOnWriteArrayList<>();
  private final Scope scope;
  private int openCount;
  private volatile boolean draining;
  private volatile @Nullable DeviceSession session;

  VfioRegistration(
      Device physical,
      VfioDevice model,
      LoadedModule owner,
      HostClock clock,
      Tracing tracing,
      Scope scope) {
    this.physical = physical;
    this.model = model;
    this.owner = owner;
    this.clock = clock;
    this.tracing = tracing;
    this.scope = scope;
  }

  /** The name by which the device is opened: the physical device's, for a mediated one its UUID. */
  public String name() {
    return physical.name();
  }

  /** What kind of device it is. */
  public DeviceApi api() {
    return model.api();
  }

  /** A reference that keeps the device registered; null once it is unregistered. */
  public @Nullable Lease<VfioDevice> tryGet() {
    return uses.tryGet() ? new Lease<>(model, uses) : null;
  }

  /** Who has the device open now, or is opening it. */
  public List<String> users() {
    return List.copyOf(users);
  }

  /**
   * Who refers to the device: its users and, while unregistering waits, references of callbacks.
   * Those have no name of their own, so they are told by the driver's module.
   */
  List<String> holders() {
    List<String> holders = new ArrayList<>(users);
    int leases = draining ? uses.get() - holders.size() : 0;
    if (leases > 0) {
      holders.add("callback of " + owner + (leases == 1 ? "" : ", " + leases + " times"));
    }
    return holders;
  }

  /**
   * Unregisters: waits until all references are put, asking the user to let go again and again;
   * then takes the device's VFIO side out of the tree. A second call does nothing.
   *
   * @throws ErrnoException {@code EDEADLK} if the model's open or close calls it; the device stays
   *     registered then
   */
  @Override
  public void close() {
    Activity.refuseSelfWait(() -> "the unregistration of " + name(), this::waitsFor);
    scope.close();
  }

  /**
   * Takes one use of the device for a file, and opens the device if it is the first.
   *
   * @param user who opens it, for those who will wonder why the device is in use
   * @param memory the user's memory, if this is the first use
   * @param guest the guest that the user has named, if this is the first use; or null
   * @return what all uses of the open device share
   * @throws ErrnoException {@code ENODEV} if the device is unregistered or its driver's module is
   *     being unloaded; else what the model's {@code open} threw; nothing has happened then
   */
  DeviceSession enter(String user, DeviceSession.MemorySource memory, @Nullable Object guest) {
    if (!uses.tryGet()) {
      throw new ErrnoException(Errno.ENODEV, name() + " is no longer registered");
    }
    if (!owner.tryGet()) {
      uses.put();
      throw new ErrnoException(Errno.ENODEV, owner + " of " + name() + " is being unloaded");
    }
    users.add(user);
    try {
      return enterSession(memory, guest);
    } catch (Throwable failure) {
      users.remove(user);
      owner.put();
      uses.put();
      throw refusal("open", failure);
    }
  }

  /** What a user is told when {@code call} of the model threw {@code failure}. */
  ErrnoException refusal(String call, Throwable failure) {
    String what = call + " of " + name();
    ErrnoException refusal = ErrnoException.of(failure, what);
    if (refusal != failure) {
      log.error("{} failed", what, failure);
      tracing.failed(what, failure);
    }
    return refusal;
  }

  /** Ends what {@link #enter} began; the last one closes the device. */
  void leave(String user) {
    users.remove(user);
    synchronized (this) {
      DeviceSession current = session;
      if (--openCount == 0 && current != null) {
        session = null;
        tracing.tell("vfio_close", name());
        Activity.run("close", this, current::close);
      }
    }
    owner.put();
    uses.put();
  }

  private synchronized DeviceSession enterSession(
      DeviceSession.MemorySource memory, @Nullable Object guest) {
    DeviceSession current = session;
    if (current == null) {
      tracing.pass("vfio_open", name());
      current =
          Activity.call(
              "open", this, () -> DeviceSession.open(name(), model, memory, guest, tracing));
      session = current;
    }
    openCount++;
    return current;
  }

  @Override
  public boolean waitsFor(Object place) {
    return place == this || scope.waitsFor(place);
  }

  void drain() {
    tracing.tell("vfio_unregister", name());
    draining = true;
    Activity.waiting(
        this,
        () -> "device " + name() + " to be let go by: " + String.join(", ", holders()),
        () -> uses.drain(clock, REQUEST_INTERVAL, this::request));
  }

  VfioDevice model() {
    return model;
  }

  UseCount uses() {
    return uses;
  }

  private void request(int count) {
    if (count == 0) {
      log.warn("{}: waiting until it is let go by: {}", name(), String.join(", ", holders()));
    }
    try {
      tracing.pass("vfio_request", name());
      model.request(count);
    } catch (Throwable failure) {
      // Asking cannot fail either: the wait goes on, for somebody still refers to the device.
      log.error("{}: request {} failed", name(), count, failure);
      tracing.failed("request " + count + " of " + name(), failure);
    }
  }

  @Override
  public String toString() {
    return "VFIO device " + name();
  }
}
