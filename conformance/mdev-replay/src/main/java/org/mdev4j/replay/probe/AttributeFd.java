package org.mdev4j.replay.probe;

import org.mdev4j.device.sysfs.SysfsFile;

/** An open attribute with a position, as a program has it. Used by one thread at a time. */
public final class AttributeFd implements AutoCloseable {
  private final SysfsFile file;
  private long position;

  public AttributeFd(SysfsFile file) {
    this.file = file;
  }

  /** Reads at the position and advances it. */
  public byte[] read(int size) {
    byte[] data = file.read(position, size);
    position += data.length;
    return data;
  }

  /** Reads at {@code offset}; the position stays. */
  public byte[] pread(long offset, int size) {
    return file.read(offset, size);
  }

  /** Writes; an attribute takes no notice of the position. */
  public int write(byte[] data) {
    int written = file.write(data);
    position += written;
    return written;
  }

  @Override
  public void close() {
    file.close();
  }
}
