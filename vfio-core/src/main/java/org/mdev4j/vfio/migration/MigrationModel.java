package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;

/**
 * What a device does when it is migrated ({@code spec/vfio.md} 4.11). A driver writes one; {@link
 * Migration} walks the states and keeps them, the sessions and their data files.
 *
 * <p>Each arc of the state machine is exactly one call:
 *
 * <pre>
 *   into PRE_COPY, PRE_COPY_P2P or STOP_COPY
 *                        from a state that is none of them   {@link #save}
 *   STOP to RESUMING                                         {@link #load}
 *   RESUMING to STOP                                         {@link Loading#finish}
 *   every other, also between the three                      {@link #arc}
 * </pre>
 *
 * <p>A call that throws an {@link org.mdev4j.device.errno.ErrnoException} says that the device is
 * still in the state where it was: the user gets that errno, and may try again. A call that throws
 * anything else has left the device nobody knows where: the user gets {@code EIO}, and the state is
 * ERROR until a reset.
 *
 * <h2>Thread safety</h2>
 *
 * The calls to a model and to the sessions that it made never overlap, whichever threads they come
 * from. None of them may call the device's {@link Migration} or {@link DataFile} in turn, but for
 * {@link Migration#reset}, which is then done when the call has returned.
 */
public interface MigrationModel {
  /** What it offers; the same at each call. */
  MigrationFeatures features();

  /**
   * How many bytes the whole saved state would take now, as far as one can tell; feature
   * MIG_DATA_SIZE. Asked in any state.
   */
  long dataSize();

  /**
   * The device goes from one state to the next; see above for which arcs.
   *
   * @param from where it is
   * @param to where it is once this call has returned
   */
  default void arc(MigrationState from, MigrationState to) {}

  /**
   * Its state is going to be read.
   *
   * @param first the state that it enters: STOP_COPY, or a PRE_COPY state, from which it may go to
   *     STOP_COPY within the same session
   */
  Saving save(MigrationState first);

  /** A state is going to be written. The device itself is stopped. */
  Loading load();

  /**
   * The device is RUNNING, whatever it was: what an arc has stopped works again, and sessions are
   * over. Follows a reset of the device and the end of its last user; cannot fail.
   */
  default void reset() {}

  /** The saved state as it is being read: a session. */
  @FunctionalInterface
  interface Saving {
    /**
     * The next piece of the stream, of any size. One of size 0 says that there is no more: in
     * STOP_COPY for ever, in a PRE_COPY state for the moment, and it will be asked again. The piece
     * is read by any thread, later, so it must not change until the next call.
     *
     * @param state in which the device is, a PRE_COPY state or STOP_COPY
     * @throws org.mdev4j.device.errno.ErrnoException for which the user's read fails; asked again
     *     at the next
     */
    MemorySegment next(MigrationState state);

    /**
     * How much there is to read before STOP_COPY. A device that has no dirty data need not say.
     *
     * @param unread bytes that {@link #next} gave and the user has not read; not 0 unless it has
     *     just given nothing
     */
    default PrecopyInfo precopyInfo(long unread) {
      return new PrecopyInfo(unread, 0);
    }
  }

  /**
   * A state as it is being written: a session. It ends by {@link #finish}, or is just forgotten.
   */
  interface Loading {
    /**
     * Takes the next bytes of the stream, all of them.
     *
     * @param bytes valid during this call
     * @throws org.mdev4j.device.errno.ErrnoException for which the user's write fails; it took none
     */
    void write(MemorySegment bytes);

    /**
     * The stream is complete: loads it into the device, which is stopped afterwards. Whatever was
     * not checked before is checked now.
     *
     * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL} if the bytes are no complete
     *     state, or an earlier write was wrong; the device is unchanged and still RESUMING
     */
    void finish();
  }
}
