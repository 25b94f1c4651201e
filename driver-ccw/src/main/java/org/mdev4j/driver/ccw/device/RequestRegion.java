package org.mdev4j.driver.ccw.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.UserBuffer;

/**
 * A region in which a user writes a request and finds a return code ({@code spec/ccw.md} 4.3, 4.4).
 *
 * <p>A write that covers a byte of the request makes it, with all that the region then holds. A
 * write of no bytes, or of others only, makes none: the kernel would repeat whatever stands there.
 * The return code is 0 or what this write was refused with; what a user writes to its place is
 * lost.
 *
 * <p>One request at a time: while a write is in progress, also while it waits for the user's own
 * buffer, another is {@code EAGAIN} and reads wait.
 */
abstract class RequestRegion implements Region.WholeAccess {
  private final Requests requests;
  private final MemorySegment bytes;
  private final int requestEnd;
  private final int returnCode;

  /**
   * @param bytes what the region holds, guarded by the I/O lock
   * @param requestEnd the request lies before this offset
   * @param returnCode offset of the return code
   */
  RequestRegion(Requests requests, MemorySegment bytes, int requestEnd, int returnCode) {
    this.requests = requests;
    this.bytes = bytes;
    this.requestEnd = requestEnd;
    this.returnCode = returnCode;
  }

  /**
   * Does what the region asks for. Called under the I/O lock.
   *
   * @throws ErrnoException to refuse
   */
  abstract void request();

  /** Empties the region for another user. Called under the I/O lock. */
  final void clear() {
    bytes.fill((byte) 0);
  }

  @Override
  public final long read(long offset, UserBuffer destination) {
    RegionBounds.check(offset, destination.size(), size());
    byte[] copy;
    requests.lock().lock();
    try {
      copy = bytes.asSlice(offset, destination.size()).toArray(ValueLayout.JAVA_BYTE);
    } finally {
      requests.lock().unlock();
    }
    destination.copyTo(0, MemorySegment.ofArray(copy));
    return copy.length;
  }

  @Override
  public final long write(long offset, UserBuffer source) {
    RegionBounds.check(offset, source.size(), size());
    if (source.size() == 0) {
      return 0;
    }
    if (!requests.lock().tryLock()) {
      throw new ErrnoException(Errno.EAGAIN, "another request is being made");
    }
    try {
      byte[] copy = new byte[(int) source.size()];
      // If the user's buffer can't be read, nothing has happened.
      source.copyFrom(0, MemorySegment.ofArray(copy));
      bytes.asSlice(offset, copy.length).copyFrom(MemorySegment.ofArray(copy));
      returnCode(0);
      if (offset < requestEnd) {
        perform();
      }
      return copy.length;
    } finally {
      requests.lock().unlock();
    }
  }

  private void perform() {
    try {
      request();
    } catch (RuntimeException failure) {
      ErrnoException refusal = ErrnoException.of(failure, "request");
      returnCode(-refusal.errno().number());
      throw refusal;
    }
  }

  private void returnCode(int code) {
    BigEndian.word(bytes, returnCode, code);
  }

  private int size() {
    return (int) bytes.byteSize();
  }
}
