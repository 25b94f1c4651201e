package org.mdev4j.css;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Device;

/**
 * A subchannel on the css bus, as its driver sees it: the I/O instructions, and the few services
 * that all drivers of subchannels share.
 *
 * <h2>Instructions</h2>
 *
 * "Operational" is a subchannel that is there, has a device (V) and is enabled (E). Functions are
 * performed asynchronously; their end is told by an interrupt.
 *
 * <table>
 * <caption>Condition codes</caption>
 * <tr><th></th><th>0</th><th>1</th><th>2</th><th>3</th></tr>
 * <tr><td>STSCH</td><td>stored</td><td></td><td></td><td>not there</td></tr>
 * <tr><td>MSCH</td><td>done; without V nothing is changed</td><td>status pending</td>
 *     <td>a function is in progress</td><td>not there</td></tr>
 * <tr><td>SSCH</td><td>start pending</td><td>status pending</td>
 *     <td>a function is in progress</td><td>not operational</td></tr>
 * <tr><td>RSCH</td><td>resume pending</td><td>status pending</td><td>not suspended</td>
 *     <td>not operational</td></tr>
 * <tr><td>HSCH</td><td>halt pending</td><td>status pending, not intermediate alone</td>
 *     <td>halt or clear in progress</td><td>not operational</td></tr>
 * <tr><td>CSCH</td><td>clear pending</td><td></td><td></td><td>not operational</td></tr>
 * <tr><td>XSCH</td><td>start withdrawn, no interrupt comes</td><td>status pending</td>
 *     <td>nothing to withdraw, or too late</td><td>not operational</td></tr>
 * <tr><td>TSCH</td><td>IRB stored, status reset</td><td>no status was pending</td><td></td>
 *     <td>not operational</td></tr>
 * </table>
 *
 * Instructions with an operand that the machine refuses end with {@code EIO}.
 *
 * <h2>Thread safety</h2>
 *
 * Each instruction is one step, whoever issues it. {@link #lock} is the subchannel lock: the css
 * core holds it during {@link CssDriver#interrupt} and {@link CssDriver#pathEvent}; a driver holds
 * it around instructions that belong together, and around everything from {@link #schib} on.
 */
public interface Subchannel {
  /** Its name. */
  SubchannelId id();

  /** Subchannel type, 0 for I/O. */
  int type();

  /** The device in the tree. */
  Device device();

  /** The subchannel lock. */
  ReentrantLock lock();

  /** STORE SUBCHANNEL: the SCHIB, or null for condition code 3. */
  @Nullable Schib stsch();

  /** MODIFY SUBCHANNEL. */
  ConditionCode msch(Pmcw pmcw);

  /** START SUBCHANNEL; addresses in the program are those of the host's memory. */
  ConditionCode ssch(Orb orb);

  /** RESUME SUBCHANNEL. */
  ConditionCode rsch();

  /** HALT SUBCHANNEL. */
  ConditionCode hsch();

  /** CLEAR SUBCHANNEL. */
  ConditionCode csch();

  /** CANCEL SUBCHANNEL. */
  ConditionCode xsch();

  /** TEST SUBCHANNEL. */
  TestedStatus tsch();

  /** The SCHIB as it was last stored by {@link #refresh} or a method that uses it. */
  Schib schib();

  /**
   * Stores the SCHIB anew.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if the subchannel is not there,
   *     {@code EACCES} if it has no device
   */
  Schib refresh();

  /**
   * Enables the subchannel for interrupts of subclass 3.
   *
   * @param intparm interruption parameter; interrupts with 0 are thrown away
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV}, {@code EBUSY} if a function is
   *     in progress, {@code EAGAIN} if the machine did not take it, {@code EIO} if it refused
   */
  void enable(int intparm);

  /**
   * Disables the subchannel; status that is pending is lost.
   *
   * @throws org.mdev4j.device.errno.ErrnoException as {@link #enable}
   */
  void disable();

  /** Paths that are usable now, 0x80 for the first. */
  int lpm();

  /** Sets the paths that are usable now. */
  void lpm(int mask);

  /** Paths that are not varied off. */
  int opm();

  /** Sets the paths that are not varied off. */
  void opm(int mask);

  /** Whether the device is still registered; it is not once its removal has begun. */
  boolean isRegistered();

  /** Whether it is going to be looked at again or removed: {@code schedule...} was called. */
  boolean isScheduled();

  /** Has the subchannel looked at again, later, by a work queue. */
  void scheduleEvaluation();

  /** Has the subchannel's device removed, later, by a work queue; more than once does nothing. */
  void scheduleUnregister();
}
