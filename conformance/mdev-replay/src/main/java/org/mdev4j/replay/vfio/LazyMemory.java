package org.mdev4j.replay.vfio;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfio.model.UserBuffer;

/**
 * An area of the probe's memory that is empty at first: whoever touches a page waits until the
 * probe fills it, as with userfaultfd. Nothing of it can be pinned.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards everything; waiting gives it up.
 */
public final class LazyMemory implements GuestMemory, AutoCloseable {
  private static final int PAGE = 4096;

  private final byte[][] pages;
  private int waiting;
  private int wanted;
  private boolean closed;

  /**
   * @param size how many pages
   */
  public LazyMemory(int size) {
    pages = new byte[size][];
  }

  @Override
  public long size() {
    return (long) pages.length * PAGE;
  }

  /** A buffer of {@code size} bytes that begins at {@code offset}. */
  public UserBuffer buffer(long offset, long size) {
    return new UserBuffer() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public void copyTo(long at, MemorySegment from) {
        write(offset + at, from);
      }

      @Override
      public void copyFrom(long at, MemorySegment into) {
        read(offset + at, into);
      }
    };
  }

  @Override
  public synchronized void read(long offset, MemorySegment into) {
    for (long done = 0; done < into.byteSize(); ) {
      int length = Math.toIntExact(Math.min(into.byteSize() - done, PAGE - (offset + done) % PAGE));
      MemorySegment page = MemorySegment.ofArray(awaitPage(offset + done));
      MemorySegment.copy(page, (offset + done) % PAGE, into, done, length);
      done += length;
    }
  }

  @Override
  public synchronized void write(long offset, MemorySegment from) {
    for (long done = 0; done < from.byteSize(); ) {
      int length = Math.toIntExact(Math.min(from.byteSize() - done, PAGE - (offset + done) % PAGE));
      MemorySegment page = MemorySegment.ofArray(awaitPage(offset + done));
      MemorySegment.copy(from, done, page, (offset + done) % PAGE, length);
      done += length;
    }
  }

  private byte[] awaitPage(long offset) {
    if (offset < 0 || offset >= size()) {
      throw new ErrnoException(Errno.EFAULT, "lazy memory has no page at " + offset);
    }
    int page = (int) (offset / PAGE);
    waiting++;
    wanted = page;
    notifyAll();
    try {
      while (pages[page] == null && !closed) {
        wait();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      waiting--;
    }
    byte[] arrived = pages[page];
    if (arrived == null) {
      throw new ErrnoException(Errno.EFAULT, "page " + page + " of lazy memory never came");
    }
    return arrived;
  }

  /** Whether somebody waits for a page. */
  public synchronized boolean isWantedNow() {
    return waiting > 0;
  }

  /** The page that was asked for last. */
  public synchronized int wanted() {
    return wanted;
  }

  /** Waits up to {@code limit} until somebody waits for a page; whether somebody does. */
  public synchronized boolean awaitFault(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    long left = limit.toNanos();
    while (waiting == 0 && left > 0) {
      wait(left / 1_000_000 + 1);
      left = end - System.nanoTime();
    }
    return waiting > 0;
  }

  /** Fills a page with {@code data} and zeros. */
  public synchronized void fill(int page, byte[] data) {
    byte[] filled = new byte[PAGE];
    System.arraycopy(data, 0, filled, 0, Math.min(PAGE, data.length));
    pages[page] = filled;
    notifyAll();
  }

  /** Takes the memory away: whoever waits for a page faults. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
