package org.mdev4j.driver.ap.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.device.Device;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.driver.ap.matrix.MatrixHost;
import org.mdev4j.driver.ap.matrix.MatrixLocks;
import org.mdev4j.driver.ap.matrix.MatrixMdev;
import org.mdev4j.driver.ap.matrix.MatrixQueue;
import org.mdev4j.driver.ap.matrix.Settings;
import org.mdev4j.mdev.MdevParent;

/**
 * The matrix device, one per host ({@code spec/ap.md} 2.1): the parent of the mediated devices, the
 * host's configuration as far as drivers were told, and the queues that are bound to vfio_ap.
 *
 * <p>The list of mediated devices is the core's; it is looked at with {@link
 * MdevParent#forEachLive} under the lock for guests. A device that has been unregistered is no
 * longer seen there while it still has its queues reset; until then they name it as their owner,
 * and can't be had.
 *
 * <h2>Thread safety</h2>
 *
 * By {@link MatrixLocks}: the configuration is changed under the locks for guests and for mediated
 * devices, and read under either; the queues are guarded by the latter.
 */
public final class MatrixDevice implements MatrixHost {
  private final Device device;
  private final ApBus ap;
  private final Settings settings;
  private final HostClock clock;
  private final MatrixLocks locks;
  private final NavigableMap<Apqn, MatrixQueue> queues = new TreeMap<>();
  private QciInfo qci;
  private volatile @Nullable MdevParent parent;

  private MatrixDevice(Device device, ApBus ap, Settings settings, HostClock clock) {
    this.device = device;
    this.ap = ap;
    this.settings = settings;
    this.clock = clock;
    locks = new MatrixLocks(ap.permissionLock());
    qci = ap.qci();
  }

  /** Adds the device and takes the queues, until the module is unloaded. */
  public static MatrixDevice register(ModuleContext context, ApBus ap, Settings settings) {
    Device device = MatrixBus.addDevice(context, settings);
    MatrixDevice matrix = new MatrixDevice(device, ap, settings, context.clock());
    ap.registerDriver(context, new QueueDriver(matrix, ap));
    return matrix;
  }

  /** {@code /sys/devices/vfio_ap/matrix}. */
  public Device device() {
    return device;
  }

  /** Says that it has become a parent. */
  public void parent(MdevParent registered) {
    parent = registered;
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public HostClock clock() {
    return clock;
  }

  @Override
  public MatrixLocks locks() {
    return locks;
  }

  @Override
  public QciInfo qci() {
    return qci;
  }

  /** Replaces what is known of the host; the locks for guests and mediated devices are held. */
  void qci(QciInfo now) {
    qci = now;
  }

  @Override
  public ApMatrix reserved() {
    return ap.reserved();
  }

  @Override
  public List<MatrixQueue> queues() {
    return new ArrayList<>(queues.values());
  }

  @Nullable MatrixQueue queue(Apqn apqn) {
    return queues.get(apqn);
  }

  void add(MatrixQueue queue) {
    queues.put(queue.apqn(), queue);
  }

  void remove(MatrixQueue queue) {
    queues.remove(queue.apqn());
  }

  @Override
  public void forEachMdev(Consumer<MatrixMdev> action) {
    locks.assertGuestsHeld();
    MdevParent registered = parent;
    if (registered != null) {
      registered.forEachLive(MatrixMdev.class, action);
    }
  }
}
