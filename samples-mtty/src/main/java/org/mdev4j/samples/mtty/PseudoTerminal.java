package org.mdev4j.samples.mtty;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A pseudo-terminal of this machine, in raw mode: the side that programs don't see. Nothing here
 * waits.
 *
 * <p>The programs' side is held open as well, so that whoever opens and closes it hangs nothing up.
 *
 * <p>Guarded by its user.
 */
final class PseudoTerminal implements AutoCloseable {
  private static final int BUFFER = 4096;

  /** More than a terminal holds. */
  private static final int MOST_BUFFERS = 64;

  private final int descriptor;
  private final int programs;
  private final String path;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER);

  private PseudoTerminal(int descriptor, int programs, String path) {
    this.descriptor = descriptor;
    this.programs = programs;
    this.path = path;
  }

  /**
   * Makes one.
   *
   * @throws ErrnoException {@code EIO} if the machine has no more
   */
  static PseudoTerminal open() {
    int descriptor = Libc.openTerminal();
    if (descriptor < 0) {
      throw failed();
    }
    try {
      String path = Libc.unlockTerminal(descriptor);
      int programs = path == null ? -1 : Libc.openRaw(path);
      if (path == null || programs < 0) {
        throw failed();
      }
      return new PseudoTerminal(descriptor, programs, path);
    } catch (Throwable failure) {
      Libc.close(descriptor);
      throw failure;
    }
  }

  /** The file that programs open. */
  String path() {
    return path;
  }

  /** Up to {@code most} bytes that wait. */
  byte[] read(int most) {
    int count = Libc.read(descriptor, buffer, Math.min(most, BUFFER));
    return count <= 0 ? new byte[0] : buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Shows a byte, unless nobody has read for so long that there is no room. */
  void write(int value) {
    buffer.set(ValueLayout.JAVA_BYTE, 0, (byte) value);
    Libc.write(descriptor, buffer, 1);
  }

  /** Drops what waits. */
  void discardInput() {
    for (int i = 0; i < MOST_BUFFERS && Libc.read(descriptor, buffer, BUFFER) > 0; i++) {
      // It was for somebody else.
    }
  }

  @Override
  public void close() {
    Libc.close(programs);
    Libc.close(descriptor);
    arena.close();
  }

  private static ErrnoException failed() {
    return new ErrnoException(Errno.EIO, "this machine gives no pseudo-terminal");
  }
}
