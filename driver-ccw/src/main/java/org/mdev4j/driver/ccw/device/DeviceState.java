package org.mdev4j.driver.ccw.device;

import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.fsm.StateMachine;
import org.mdev4j.driver.ccw.program.ChannelProgram;
import org.mdev4j.vfio.model.DeviceContext;

/**
 * What the {@link Requests}, the {@link StatusDelivery} and the {@link Lifecycle} of one device
 * share: the subchannel and its state, the user, the I/O region, the channel program.
 *
 * <h2>Thread safety</h2>
 *
 * The subchannel lock guards the {@linkplain #machine state} and the {@linkplain #quiescer}. The
 * {@link IoLock} guards the region and the program; the user is changed under it or before requests
 * can come, and may be asked for without it.
 */
final class DeviceState {
  private final Subchannel subchannel;
  private final HostServices host;
  private final StateMachine machine;
  private final Quiescer quiescer;
  private final IoArea area = new IoArea();
  private @Nullable ChannelProgram program;
  private volatile @Nullable DeviceContext user;

  DeviceState(Subchannel subchannel, HostServices host) {
    this.subchannel = subchannel;
    this.host = host;
    machine = new StateMachine(subchannel, host.tracing());
    quiescer = new Quiescer(subchannel, host.clock());
  }

  Subchannel subchannel() {
    return subchannel;
  }

  HostServices host() {
    return host;
  }

  StateMachine machine() {
    return machine;
  }

  Quiescer quiescer() {
    return quiescer;
  }

  /** What the I/O region holds. */
  IoArea area() {
    return area;
  }

  /** The user that has the device open now, or null. */
  @Nullable DeviceContext user() {
    return user;
  }

  void user(@Nullable DeviceContext changed) {
    user = changed;
  }

  /** The program that the user's pages are pinned for from now on. */
  void program(ChannelProgram translated) {
    program = translated;
  }

  /** Whether the program has pinned a page in the {@code size} bytes from {@code iova}. */
  boolean pinsIn(long iova, long size) {
    return program != null && program.touches(iova, size);
  }

  /** The user's address of a host's address in the program; 0 if it is none of the program's. */
  int guestAddress(int cpa) {
    return program == null ? 0 : program.guestAddress(cpa);
  }

  /** Unpins the pages of the program and frees it, if there is one. */
  void freeProgram() {
    ChannelProgram freed = program;
    program = null;
    if (freed != null) {
      freed.close();
    }
  }

  /** Does {@code step} under the subchannel lock. */
  void whileLocked(Runnable step) {
    subchannel.lock().lock();
    try {
      step.run();
    } finally {
      subchannel.lock().unlock();
    }
  }

  /**
   * The SCHIB as the hardware has it now.
   *
   * @throws ErrnoException {@code ENODEV} if the subchannel is gone
   */
  Schib refresh() {
    subchannel.lock().lock();
    try {
      return subchannel.refresh();
    } catch (ErrnoException gone) {
      throw new ErrnoException(Errno.ENODEV, subchannel.id() + " is gone", gone);
    } finally {
      subchannel.lock().unlock();
    }
  }
}
