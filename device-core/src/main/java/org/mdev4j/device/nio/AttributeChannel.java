package org.mdev4j.device.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsFile;

/**
 * An open attribute.
 *
 * <p>A read at position 0 computes the content anew; reads further on serve that snapshot. A write
 * is one {@code store} of at most a page, wherever the position is: like a short write to a real
 * sysfs, a longer one returns how much was taken, and what is left is for another call.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the position and is held during {@code show} and {@code store}, as the kernel
 * holds the lock of an open file. Closing takes no lock, so it never waits for a store.
 */
final class AttributeChannel implements SeekableByteChannel {
  private final SysfsPath path;
  private final SysfsFile file;
  private long position;
  private volatile boolean closed;

  /**
   * @param path by which {@code file} was opened
   */
  AttributeChannel(SysfsPath path, SysfsFile file) {
    this.path = path;
    this.file = file;
  }

  @Override
  public synchronized int read(ByteBuffer target) throws IOException {
    checkOpen();
    if (!file.mode().reads()) {
      throw new NonReadableChannelException();
    }
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("a read-only buffer takes nothing");
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    byte[] piece;
    try {
      piece = file.read(position, target.remaining());
    } catch (RuntimeException | Error failure) {
      throw refused(failure, "show");
    }
    target.put(piece);
    position += piece.length;
    return piece.length == 0 ? -1 : piece.length;
  }

  @Override
  public synchronized int write(ByteBuffer source) throws IOException {
    checkWritable();
    byte[] data = new byte[Math.min(source.remaining(), Attribute.PAGE)];
    // From a copy: what a store refuses stays in the caller's buffer.
    source.duplicate().get(data);
    int taken;
    try {
      taken = file.write(data);
    } catch (RuntimeException | Error failure) {
      throw refused(failure, "store");
    }
    source.position(source.position() + taken);
    position += taken;
    return taken;
  }

  @Override
  public synchronized long position() throws IOException {
    checkOpen();
    return position;
  }

  @Override
  public synchronized SeekableByteChannel position(long newPosition) throws IOException {
    checkOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("negative position: " + newPosition);
    }
    position = newPosition;
    return this;
  }

  /** A page, however long the content is: nobody knows that before it is computed. */
  @Override
  public long size() throws IOException {
    checkOpen();
    return Attribute.PAGE;
  }

  @Override
  public synchronized SeekableByteChannel truncate(long size) throws IOException {
    checkWritable();
    if (size < 0) {
      throw new IllegalArgumentException("negative size: " + size);
    }
    position = Math.min(position, size);
    return this;
  }

  @Override
  public boolean isOpen() {
    return !closed && path.getFileSystem().isOpen();
  }

  @Override
  public void close() {
    closed = true;
    file.close();
  }

  private void checkOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
    path.getFileSystem().checkOpen();
  }

  private void checkWritable() throws ClosedChannelException {
    checkOpen();
    if (!file.mode().writes()) {
      throw new NonWritableChannelException();
    }
  }

  /** A driver's callback may break in any way; its reader sees an errno all the same. */
  private IOException refused(Throwable failure, String callback) {
    return Refusals.asFileSystemException(
        ErrnoException.of(failure, callback + " of " + path), path);
  }
}
