package org.mdev4j.css.bus;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.WorkQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device behind a subchannel that the standard driver has: found out by SENSE ID, added, and
 * removed.
 *
 * <pre>
 *   NEW --recognise--> SENSING --interrupt--> KNOWN --register--> ADDED --unregister--> NEW
 *    any --close--> CLOSED
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * The subchannel lock guards the state up to {@code KNOWN} and is held for instructions. The
 * monitor serialises adding and removing the device; it is held while the driver core does either,
 * which never takes the lock of the subchannel's own device.
 */
final class CcwChild {
  private static final Logger log = LoggerFactory.getLogger(CcwChild.class);

  private static final long LIMIT_31 = 1L << 31;
  private static final int SENSE_ID = 0xE4;
  private static final int SUPPRESS_LENGTH = 0x20;
  private static final int COUNT = 40;
  private static final int DATA = 8;

  private final CssSubchannel subchannel;
  private final CcwBus bus;
  private final HostMemory memory;
  private final WorkQueue queue;
  private @Nullable HostBuffer program;
  private @Nullable CcwIdentity identity;
  private @Nullable Device device;
  private boolean closed;

  /**
   * @param queue adds the device when it answers late
   */
  CcwChild(CssSubchannel subchannel, CcwBus bus, HostMemory memory, WorkQueue queue) {
    this.subchannel = subchannel;
    this.bus = bus;
    this.memory = memory;
    this.queue = queue;
  }

  /** Asks the device what it is, unless it is known or there is no path to it. */
  void recognise() {
    subchannel.lock().lock();
    try {
      if (closed || program != null || identity != null || subchannel.lpm() == 0) {
        return;
      }
      subchannel.enable(subchannel.id().word());
      HostBuffer buffer = memory.allocate(DATA + COUNT, 8, LIMIT_31);
      program = buffer;
      BigEndian.word(buffer.segment(), 0, SENSE_ID << 24 | SUPPRESS_LENGTH << 16 | COUNT);
      BigEndian.word(buffer.segment(), 4, (int) buffer.address() + DATA);
      int flags = Orb.FORMAT_1 | Orb.PREFETCH | Orb.FORMAT_2_IDAW | subchannel.lpm() << 8;
      Orb orb = new Orb(subchannel.id().word(), flags, (int) buffer.address());
      if (subchannel.ssch(orb) != ConditionCode.CC0) {
        giveUp();
      }
    } catch (ErrnoException refusal) {
      log.info("{} does not tell what it is: {}", subchannel, refusal.summary());
      giveUp();
    } finally {
      subchannel.lock().unlock();
    }
  }

  /** Waits for the answer of a device that answers at once. */
  void awaitAnswer() {
    boolean asked;
    subchannel.lock().lock();
    try {
      asked = program != null;
    } finally {
      subchannel.lock().unlock();
    }
    if (asked) {
      subchannel.hardware().awaitFunctions();
      subchannel.lane().interrupts().flush();
    }
  }

  /** Under the subchannel lock. */
  void interrupt(Irb irb) {
    Scsw scsw = irb.scsw();
    HostBuffer asked = program;
    boolean ended = scsw.has(Scsw.SECONDARY) || scsw.deferredCc() != 0;
    if (asked == null || !ended) {
      return;
    }
    MemorySegment answer = asked.segment().asSlice(DATA);
    boolean good = scsw.deviceStatus() == 0x0C && BigEndian.u8(answer, 0) == 0xFF;
    if (good) {
      identity = CcwIdentity.of(answer);
      subchannel.vpm(irb.lpum());
    } else {
      log.info("{} does not tell what it is: {}", subchannel, irb);
    }
    giveUp();
    if (good) {
      queue.submit(this::register);
    }
  }

  /** Adds the device, if it is known and was not added. */
  synchronized void register() {
    CcwIdentity known;
    subchannel.lock().lock();
    try {
      known = closed ? null : identity;
    } finally {
      subchannel.lock().unlock();
    }
    if (known == null || device != null) {
      return;
    }
    String busId =
        String.format(
            Locale.ROOT,
            "0.%x.%04x",
            subchannel.id().ssid(),
            subchannel.schib().pmcw().deviceNumber());
    try {
      Device added = bus.add(subchannel.device(), busId, known);
      device = added;
      if (!bus.isOnline(added)) {
        disable();
      }
    } catch (ErrnoException refusal) {
      log.warn("{}: no device for it: {}", subchannel, refusal.summary());
    }
  }

  /** Removes the device; it may be recognised again. */
  synchronized void unregister() {
    Device added = device;
    device = null;
    if (added != null) {
      bus.remove(added);
    }
    subchannel.lock().lock();
    try {
      identity = null;
    } finally {
      subchannel.lock().unlock();
    }
  }

  /** Removes the device for good and leaves the subchannel disabled, if the machine lets it. */
  void close() {
    subchannel.lock().lock();
    try {
      closed = true;
    } finally {
      subchannel.lock().unlock();
    }
    unregister();
    subchannel.lock().lock();
    try {
      HostBuffer asked = program;
      if (asked != null) {
        // It goes once nothing is stored into it any more: behind the clear on the channel queue.
        program = null;
        var _ = subchannel.csch();
        subchannel.hardware().afterFunctions(asked::close);
        subchannel.hardware().afterFunctions(this::disableUnbound);
      } else {
        disable();
      }
    } finally {
      subchannel.lock().unlock();
    }
  }

  /** Disables the subchannel after a late clear, unless somebody else has it by now. */
  private void disableUnbound() {
    subchannel.lock().lock();
    try {
      if (subchannel.driver() == null) {
        disable();
      }
    } finally {
      subchannel.lock().unlock();
    }
  }

  private void disable() {
    subchannel.lock().lock();
    try {
      subchannel.disable();
    } catch (ErrnoException refusal) {
      log.debug("{} stays enabled: {}", subchannel, refusal.summary());
    } finally {
      subchannel.lock().unlock();
    }
  }

  private void giveUp() {
    HostBuffer asked = program;
    program = null;
    if (asked != null) {
      asked.close();
    }
  }
}
