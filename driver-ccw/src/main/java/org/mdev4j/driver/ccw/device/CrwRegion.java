package org.mdev4j.driver.ccw.device;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Crw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.UserBuffer;

/**
 * Region 3: the oldest channel-report word, or 0, and a word of padding. 8 bytes, read-only.
 *
 * <p>A read that covers a byte of the word takes it; it comes back if it could not be handed over.
 * A read of padding or of nothing takes none, unlike in the kernel, where it is lost.
 */
final class CrwRegion implements Region.WholeAccess {
  static final int SIZE = 8;

  private final Requests requests;
  private final CrwQueue queue;
  private final Runnable signal;

  /**
   * @param signal tells the user that there is more to read
   */
  CrwRegion(Requests requests, CrwQueue queue, Runnable signal) {
    this.requests = requests;
    this.queue = queue;
    this.signal = signal;
  }

  @Override
  public long read(long offset, UserBuffer destination) {
    RegionBounds.check(offset, destination.size(), SIZE);
    boolean takes = offset < Integer.BYTES && destination.size() > 0;
    MemorySegment bytes = MemorySegment.ofArray(new byte[SIZE]);
    @Nullable Crw oldest;
    // As the other regions, it can't be read while a request is being made.
    requests.lock().lock();
    try {
      oldest = takes ? queue.take() : null;
    } finally {
      requests.lock().unlock();
    }
    BigEndian.word(bytes, 0, oldest == null ? 0 : oldest.word());
    try {
      destination.copyTo(0, bytes.asSlice(offset, destination.size()));
    } catch (Throwable failure) {
      if (oldest != null) {
        queue.giveBack(oldest);
      }
      throw failure;
    }
    if (takes && !queue.isEmpty()) {
      signal.run();
    }
    return destination.size();
  }

  @Override
  public long write(long offset, UserBuffer source) {
    throw RegionBounds.readOnly("crw");
  }
}
