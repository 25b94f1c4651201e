package org.mdev4j.fuse.session;

import java.lang.foreign.MemorySegment;
import org.mdev4j.fuse.linux.Libc;

/** {@code /dev/fuse}, opened: one file system's channel to the kernel. Thread-safe. */
public final class KernelDevice implements FuseDevice {
  private final int descriptor;

  private KernelDevice(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Takes over a descriptor of {@code /dev/fuse}, opened with {@link Libc#O_NONBLOCK}. */
  public static KernelDevice of(int descriptor) {
    return new KernelDevice(descriptor);
  }

  @Override
  public int read(MemorySegment into) {
    return Libc.read(descriptor, into);
  }

  @Override
  public void await() {
    var _ = Libc.pollIn(descriptor);
  }

  @Override
  public int write(MemorySegment from, int size) {
    return Libc.write(descriptor, from, size);
  }

  @Override
  public void close() {
    Libc.close(descriptor);
  }
}
