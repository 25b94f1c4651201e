package org.mdev4j.vfio.migration;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The migration of one open device ({@code spec/vfio.md} 4.11): where it is, how it gets elsewhere,
 * and the session that goes with some states. Owns all three; the {@link MigrationModel} only acts.
 *
 * <pre>
 *           set: one arc after the other, as {@link NextStep} says
 *              .--------------------------------------.
 *              v                                      |
 *   new --&gt; RUNNING --&gt; any state of the device's features --&gt; ERROR (the model broke on an arc)
 *              ^                                      |              |
 *              '--------------- reset ----------------+--------------'
 *                                                     |
 *                            close --&gt; nothing but ENODEV
 * </pre>
 *
 * <p>A session lasts while the device is in {@code PRE_COPY}, {@code PRE_COPY_P2P} and {@code
 * STOP_COPY}, or in {@code RESUMING}. The arc that begins it yields its one {@link DataFile}; that
 * arc is always the last of a {@link #set}.
 *
 * <h2>Thread safety</h2>
 *
 * One {@link DeferringLock} guards the state and the session and is held during every call to the
 * model, so that transitions, resets and accesses to the data file come one after the other. A
 * reset never waits for it: one that comes while something else runs is done when that ends. No
 * other lock is taken inside.
 */
public final class Migration implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Migration.class);

  private final MigrationModel model;
  private final MigrationFeatures features;
  private final DeferringLock lock = new DeferringLock(this::resetNow);
  private MigrationState state = MigrationState.RUNNING;
  private @Nullable Session session;
  private boolean closed;

  /** The migration of a device that has just been opened: it is RUNNING. */
  public Migration(MigrationModel model) {
    this.model = model;
    this.features = model.features();
  }

  /** What the device offers. */
  public MigrationFeatures features() {
    return features;
  }

  /**
   * Where the device is, once it has arrived: a transition that runs now is waited for.
   *
   * @throws ErrnoException {@code ENODEV} if it was closed
   */
  public MigrationState get() {
    return exclusively(
        () -> {
          checkOpen();
          return state;
        });
  }

  /**
   * Takes the device to {@code target}, over as many arcs as it needs. The first one that fails
   * ends it: the device stays where the arc before it led, or is in ERROR if the model broke. For
   * the state in which it is already nothing happens.
   *
   * @return the data file of the session that began, null if none did
   * @throws ErrnoException {@code EINVAL} if the device does not have that state, is in ERROR or
   *     can't get there from where it is, {@code ENODEV} if it was closed, {@code EIO} if the model
   *     broke, else what the model says
   */
  public @Nullable DataFile set(MigrationState target) {
    return exclusively(
        () -> {
          checkOpen();
          return walk(target);
        });
  }

  /**
   * How many bytes the saved state would take: {@code stop_copy_length}.
   *
   * @throws ErrnoException {@code ENODEV} if it was closed, else what the model says
   */
  public long dataSize() {
    return exclusively(
        () -> {
          checkOpen();
          try {
            return model.dataSize();
          } catch (RuntimeException failure) {
            throw ErrnoException.of(failure, "the size of the migration data");
          }
        });
  }

  /**
   * The device was reset: it is RUNNING, also if it was in ERROR, and its session is over. While a
   * transition or an access to the data file runs, on this thread or another, this returns at once,
   * and is done when that has ended and before anything else begins.
   */
  public void reset() {
    lock.request();
  }

  /**
   * The last user has gone: the session is over and everything is {@code ENODEV} from now on. The
   * device is RUNNING again. Waits for a transition that runs; a second close does nothing.
   */
  @Override
  public void close() {
    exclusively(
        () -> {
          resetNow();
          closed = true;
          return closed;
        });
  }

  /** Runs {@code work} while nothing else of this migration does. */
  <T extends @Nullable Object> T exclusively(Supplier<T> work) {
    return lock.holding(work);
  }

  /** Where the device is; only within {@link #exclusively}. */
  MigrationState state() {
    return state;
  }

  private @Nullable DataFile walk(MigrationState target) {
    if (!features.supports(target)) {
      throw noWay(target);
    }
    DataFile file = null;
    while (state != target) {
      MigrationState next = NextStep.of(features, state, target);
      if (next == MigrationState.ERROR) {
        throw noWay(target);
      }
      file = step(next);
    }
    return file;
  }

  private ErrnoException noWay(MigrationState target) {
    return new ErrnoException(
        Errno.EINVAL, "no way from " + state + " to " + target + " for a device with " + features);
  }

  /** One arc; the data file of the session that it begins. */
  private @Nullable DataFile step(MigrationState to) {
    Session before = session;
    try {
      act(to);
    } catch (ErrnoException refusal) {
      throw refusal;
    } catch (RuntimeException | Error broken) {
      log.error("migration from {} to {} broke the device", state, to, broken);
      endSession();
      state = MigrationState.ERROR;
      throw ErrnoException.of(broken, "migration to " + to);
    }
    log.debug("migration: {} to {}", state, to);
    state = to;
    return session == null || session == before ? null : new DataFile(this, session);
  }

  private void act(MigrationState to) {
    if (to == MigrationState.RESUMING) {
      session = new LoadingSession(model.load());
    } else if (to.isSaving() && !state.isSaving()) {
      session = new SavingSession(model.save(to));
    } else if (session instanceof LoadingSession loading) {
      loading.finish();
      endSession();
    } else {
      model.arc(state, to);
      if (!to.isSaving()) {
        endSession();
      }
    }
  }

  private void resetNow() {
    if (closed) {
      return; // The model may have the next user.
    }
    endSession();
    try {
      model.reset();
      state = MigrationState.RUNNING;
    } catch (RuntimeException | Error broken) {
      // Whoever asked may have gone long ago; the user finds the device in ERROR.
      log.error("the reset broke the device", broken);
      state = MigrationState.ERROR;
    }
  }

  private void endSession() {
    if (session != null) {
      session.end();
      session = null;
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new ErrnoException(Errno.ENODEV, "the device is closed");
    }
  }
}
