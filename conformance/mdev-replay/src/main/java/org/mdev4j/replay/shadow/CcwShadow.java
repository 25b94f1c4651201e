package org.mdev4j.replay.shadow;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;

/**
 * One subchannel that is driven through VFIO: what its user may find in it, after what the probe
 * did to it. Nothing passes from one user to the next: regions are zero, no report waits, no
 * eventfd is set up.
 *
 * <p>Not thread-safe: it belongs to the thread that replays.
 */
public final class CcwShadow {
  private static final int FUNCTIONS = 0x7000;
  private static final int START = 0x4000;
  private static final int HALT = 0x2000;
  private static final int CLEAR = 0x1000;
  private static final int COMMAND_HALT = 1;
  private static final int COMMAND_CLEAR = 2;

  private final String deviceNumber;
  private final CcwIrqs irqs = new CcwIrqs();
  private final CcwThreads threads = new CcwThreads();
  private final Deque<Integer> reports = new ArrayDeque<>();
  private final ByteBuffer io = ByteBuffer.allocate(CcwRegions.IO_SIZE);
  private final ByteBuffer command = ByteBuffer.allocate(CcwRegions.COMMAND_SIZE);
  private final BitSet ioStored = new BitSet();
  private final BitSet commandStored = new BitSet();
  private @Nullable Object identity;
  private @Nullable String closedAmid;
  private boolean gone;
  private int users;
  private int opened;
  private boolean afterBurst;
  private @Nullable Long expectedEnd;
  private int lastFunction;

  /**
   * @param deviceNumber of the device behind it, such as 0.0.1002
   */
  CcwShadow(String deviceNumber) {
    this.deviceNumber = deviceNumber;
  }

  /** Its interrupts. */
  public CcwIrqs irqs() {
    return irqs;
  }

  /** The calls that threads are making. */
  public CcwThreads threads() {
    return threads;
  }

  /** A device was pulled, maybe this one. */
  void pulled(String number) {
    gone |= number.equals(deviceNumber);
  }

  /** Whether its device was pulled. */
  public boolean isGone() {
    return gone;
  }

  /**
   * The eventfd that was signalled for status, if it was closed while threads were making calls,
   * and so closes for good when those return; else null.
   */
  @Nullable String closedAmid() {
    return closedAmid;
  }

  /** Whether somebody has it open. */
  public boolean isOpen() {
    return users > 0;
  }

  /** Whether it had another user before this one, of this mediated device or of an earlier one. */
  public boolean isReopened() {
    return opened > 1;
  }

  /**
   * What a read of the I/O region or of the command region must find, where the kernel found {@code
   * bytes}: zero where nobody has stored anything since it was opened, and the return code of the
   * last request.
   */
  public byte[] regionAsNew(long position, byte[] bytes) {
    BitSet stored = CcwRegions.index(position) == CcwRegions.IO ? ioStored : commandStored;
    byte[] right = withReturnCode(position, bytes);
    for (int i = 0; i < right.length; i++) {
      if (!stored.get(CcwRegions.offset(position) + i)) {
        right[i] = 0;
      }
    }
    return right;
  }

  /**
   * The same bytes, but with the return code of the last request and not what a user wrote there.
   */
  public byte[] withReturnCode(long position, byte[] bytes) {
    boolean isIo = CcwRegions.index(position) == CcwRegions.IO;
    int code = isIo ? CcwRegions.IO_RETURN_CODE : CcwRegions.COMMAND_RETURN_CODE;
    ByteBuffer region = isIo ? io : command;
    byte[] right = bytes.clone();
    for (int i = 0; i < right.length; i++) {
      int at = CcwRegions.offset(position) + i;
      if (at >= code && at < code + Integer.BYTES) {
        right[i] = region.get(at);
      }
    }
    return right;
  }

  /** The functions that the SCSW in the I/O region would ask for after a write. */
  public int functionsAfter(long position, byte[] data) {
    ByteBuffer copy = ByteBuffer.wrap(Arrays.copyOf(io.array(), io.capacity()));
    copy.put(CcwRegions.offset(position), data);
    return copy.getInt(CcwRegions.SCSW) & FUNCTIONS;
  }

  /**
   * A write ended, with a refusal or without.
   *
   * @param memory the user's, as far as it is known
   */
  public void wrote(
      long position, byte[] data, @Nullable Errno refusal, @Nullable DmaShadow memory) {
    boolean refusedBefore =
        refusal == Errno.EFAULT || refusal == Errno.EAGAIN || refusal == Errno.EBADF;
    int index = CcwRegions.index(position);
    boolean writable = index == CcwRegions.IO || index == CcwRegions.COMMAND;
    if (!writable
        || refusedBefore
        || data.length == 0
        || !CcwRegions.isInside(position, data.length)) {
      return;
    }
    boolean isIo = index == CcwRegions.IO;
    int offset = CcwRegions.offset(position);
    (isIo ? io : command).put(offset, data);
    (isIo ? ioStored : commandStored).set(offset, offset + data.length);
    int code = refusal == null ? 0 : -refusal.number();
    if (isIo) {
      io.putInt(CcwRegions.IO_RETURN_CODE, code);
      ioStored.set(CcwRegions.IO_RETURN_CODE, CcwRegions.IO_SIZE);
    } else {
      command.putInt(CcwRegions.COMMAND_RETURN_CODE, code);
      commandStored.set(CcwRegions.COMMAND_RETURN_CODE, CcwRegions.COMMAND_SIZE);
    }
    if (refusal == null && CcwRegions.isRequest(position, data.length)) {
      requested(isIo, memory);
    }
  }

  /** Another thread writes, and with what is not known. */
  public void wroteMeanwhile(long position, int size) {
    int offset = CcwRegions.offset(position);
    if (CcwRegions.index(position) == CcwRegions.IO) {
      ioStored.set(0, CcwRegions.IO_SIZE);
    } else if (CcwRegions.index(position) == CcwRegions.COMMAND) {
      commandStored.set(offset, Math.min(CcwRegions.COMMAND_SIZE, offset + size));
    }
  }

  private void requested(boolean isIo, @Nullable DmaShadow memory) {
    afterBurst = false;
    expectedEnd = null;
    int function;
    if (isIo) {
      function = io.getInt(CcwRegions.SCSW) & START;
      expectedEnd = function == 0 || memory == null ? null : ProgramShadow.end(io, memory);
    } else {
      function =
          switch (command.getInt(0)) {
            case COMMAND_HALT -> HALT;
            case COMMAND_CLEAR -> CLEAR;
            default -> 0;
          };
    }
    if (function != 0) {
      lastFunction = function;
      // Its end stores an IRB.
      ioStored.set(CcwRegions.IRB, CcwRegions.IRB + CcwRegions.IRB_STORED);
    }
  }

  /** Requests were made without a pause, so which status is left is chance. */
  public void burst() {
    afterBurst = true;
  }

  /** Whether the last requests were those of a burst. */
  public boolean isAfterBurst() {
    return afterBurst;
  }

  /** The function that was asked for last, as in the SCSW. */
  public int lastFunction() {
    return lastFunction;
  }

  /** The address behind the last program, if it is certain that that ended normally; else null. */
  public @Nullable Long expectedEnd() {
    return expectedEnd;
  }

  // Channel reports.

  /** A report about one of its paths was queued for the device whose directory is {@code owner}. */
  void reported(int report, Object owner) {
    own(owner);
    reports.add(report);
  }

  /** The oldest report that waits, as the region shows it; 0 if none does. */
  public int oldestReport() {
    Integer oldest = reports.peek();
    return oldest == null ? 0 : oldest;
  }

  /** How many reports wait. */
  public int reports() {
    return reports.size();
  }

  /** A read worked; one of the region of reports may take the oldest. */
  public void read(long position, int size) {
    if (CcwRegions.takesReport(position, size)) {
      reports.poll();
    }
  }

  // Users.

  void opened(Object owner) {
    own(owner);
    if (users++ == 0) {
      opened++;
      Arrays.fill(io.array(), (byte) 0);
      Arrays.fill(command.array(), (byte) 0);
      ioStored.clear();
      commandStored.clear();
      afterBurst = false;
    }
  }

  void closed() {
    if (--users == 0) {
      closedAmid = threads.areRunning() ? irqs.of(CcwIrqs.IO) : null;
      irqs.clear();
      reports.clear();
    }
  }

  /** What was queued for an earlier mediated device went with that. */
  @SuppressWarnings("ReferenceEquality") // the very directory is meant
  private void own(Object owner) {
    if (identity != owner && users == 0) {
      identity = owner;
      reports.clear();
    }
  }
}
