package org.mdev4j.sim.css.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds a disk's blocks. It is opened at the first access, so that a file which is
 * missing is a disk that is not ready, not a machine that does not start.
 *
 * <p>Used by one channel queue.
 */
class BlockFile implements AutoCloseable {
  private final Path path;
  private final boolean readOnly;
  private @Nullable FileChannel channel;

  BlockFile(Path path, boolean readOnly) {
    this.path = path;
    this.readOnly = readOnly;
  }

  boolean exists() {
    return channel != null || Files.exists(path);
  }

  boolean isReadOnly() {
    return readOnly || !Files.isWritable(path);
  }

  long size() throws IOException {
    return exists() ? open().size() : 0;
  }

  /** Reads a block; what lies beyond the end of the file is zero. */
  byte[] read(long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (open().read(buffer, position + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.array();
  }

  /**
   * Writes a block.
   *
   * @throws IOException if not all of it could be written, for example because the file system is
   *     full; a part of it may be in the file
   */
  void write(long position, byte[] data) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(data);
    while (buffer.hasRemaining()) {
      writeSome(position + buffer.position(), buffer);
    }
  }

  /** Writes at least one byte. */
  void writeSome(long position, ByteBuffer buffer) throws IOException {
    var _ = open().write(buffer, position);
  }

  @Override
  public void close() {
    FileChannel opened = channel;
    channel = null;
    if (opened != null) {
      try {
        opened.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private FileChannel open() throws IOException {
    FileChannel opened = channel;
    if (opened == null) {
      opened =
          FileChannel.open(
              path,
              isReadOnly()
                  ? Set.of(StandardOpenOption.READ)
                  : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
      channel = opened;
    }
    return opened;
  }
}
