package org.mdev4j.device.sysfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * One open of an attribute.
 *
 * <p>The content is computed by a read at offset 0 and is a snapshot until the next read at offset
 * 0. A write is one {@code store}, whatever its offset; a write of nothing does nothing. Once the
 * attribute is removed reads and writes fail with {@code ENODEV}.
 *
 * <p>Thread-safe: the snapshot is the only state, and it is replaced as a whole.
 */
public final class SysfsFile implements AutoCloseable {
  private final SysfsAttribute node;
  private final OpenMode mode;
  private volatile byte @Nullable [] snapshot;
  private volatile boolean closed;

  SysfsFile(SysfsAttribute node, OpenMode mode) {
    this.node = node;
    this.mode = mode;
  }

  /**
   * Reads up to {@code size} bytes at {@code offset}; an empty array is the end.
   *
   * @throws ErrnoException the errno of {@code show}; {@code ENODEV} if the attribute is gone;
   *     {@code EBADF} if this file is closed or was not opened for reading
   */
  public byte[] read(long offset, int size) {
    check(mode.reads());
    if (offset < 0 || size < 0) {
      throw new ErrnoException(Errno.EINVAL, "negative offset or size: " + offset + ", " + size);
    }
    node.check();
    byte[] content = snapshot;
    if (content == null || offset == 0) {
      String text = node.show();
      content = text.substring(0, Math.min(text.length(), Attribute.PAGE)).getBytes(ISO_8859_1);
      snapshot = content;
    }
    int from = (int) Math.min(offset, content.length);
    return Arrays.copyOfRange(content, from, from + Math.min(size, content.length - from));
  }

  /**
   * Stores {@code data} in one call; of more than a page only the first page.
   *
   * @return the number of bytes taken
   * @throws ErrnoException the errno of {@code store}; {@code ENODEV} if the attribute is gone;
   *     {@code EBADF} if this file is closed or was not opened for writing
   */
  public int write(byte[] data) {
    check(mode.writes());
    node.check();
    int length = Math.min(data.length, Attribute.PAGE);
    if (length > 0) {
      node.store(new String(data, 0, length, ISO_8859_1));
    }
    return length;
  }

  public OpenMode mode() {
    return mode;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void check(boolean allowed) {
    if (closed || !allowed) {
      throw new ErrnoException(
          Errno.EBADF,
          node.name() + (closed ? " is closed" : " is open for " + mode.words() + " only"));
    }
  }
}
