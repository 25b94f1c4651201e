package org.mdev4j.driver.ccw.device;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.mdev4j.vfio.model.UserBuffer;

/** A user's buffer whose page has to arrive first. */
final class SlowBuffer implements UserBuffer {
  private final UserBuffer behind;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch arrived = new CountDownLatch(1);

  SlowBuffer(byte[] bytes) {
    behind = UserBuffer.of(MemorySegment.ofArray(bytes));
  }

  /** Waits until somebody wants the page. */
  void awaitAsked() {
    await(asked);
  }

  void arrive() {
    arrived.countDown();
  }

  @Override
  public long size() {
    return behind.size();
  }

  @Override
  public void copyTo(long offset, MemorySegment from) {
    asked.countDown();
    await(arrived);
    behind.copyTo(offset, from);
  }

  @Override
  public void copyFrom(long offset, MemorySegment into) {
    asked.countDown();
    await(arrived);
    behind.copyFrom(offset, into);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody did it");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
