package org.mdev4j.fuse.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.fuse.wire.Opcode;
import org.mdev4j.fuse.wire.Reply;
import org.mdev4j.fuse.wire.Request;

/** Workers come and go with the requests; one always reads. */
@Timeout(value = 120, unit = SECONDS)
class WorkersTest {
  private static final int ROUNDS = 2_000;
  private static final int AT_ONCE = 8;

  /** More than these are not kept: one that reads and the spare ones. */
  private static final int MOST_KEPT = 5;

  private final FakeDevice device = new FakeDevice();
  private final Answers answers = new Answers();
  private final Workers workers = new Workers(device, answers, "workers");

  @Test
  void theLastOneNeverGoes() throws Exception {
    workers.start();
    answers.held.release(ROUNDS * AT_ONCE);
    for (int round = 0; round < ROUNDS; round++) {
      send(AT_ONCE);
      receive(AT_ONCE);
    }
    assertThat(answers.ended).hasValue(0);
    end();
  }

  @Test
  void thereAreAsManyAsIsNeededAndFewAfterwards() throws Exception {
    workers.start();
    send(50);
    Awaitility.await().atMost(60, SECONDS).until(() -> answers.answering.get() == 50);
    assertThat(answers.threads).hasSizeGreaterThanOrEqualTo(50);
    answers.held.release(50);
    receive(50);
    Awaitility.await()
        .atMost(60, SECONDS)
        .until(
            () -> answers.threads.keySet().stream().filter(Thread::isAlive).count() <= MOST_KEPT);
    assertThat(answers.ended).hasValue(0);
    end();
  }

  @Test
  void aFailureEndsNothing() throws Exception {
    workers.start();
    answers.held.release(2 * AT_ONCE);
    send(AT_ONCE);
    receive(AT_ONCE);
    for (int failure = 0; failure < 10; failure++) {
      device.fail(); // in a read
    }
    answers.failures.set(10);
    send(10);
    Awaitility.await().atMost(60, SECONDS).until(() -> answers.failures.get() == 0);
    send(AT_ONCE);
    receive(AT_ONCE);
    assertThat(answers.ended).hasValue(0);
    end();
  }

  @Test
  void whoIsAtWorkAtTheEndIsWaitedFor() throws Exception {
    workers.start();
    send(1);
    Awaitility.await().atMost(60, SECONDS).until(() -> answers.answering.get() == 1);
    device.end();
    Awaitility.await().atMost(60, SECONDS).until(() -> answers.ended.get() == 1);
    assertThat(answers.finished).hasValue(0);
    answers.held.release();
    receive(1);
    Awaitility.await().atMost(60, SECONDS).until(() -> answers.finished.get() == 1);
    assertThat(answers.ended).hasValue(1);
  }

  private void send(int count) {
    for (int i = 0; i < count; i++) {
      var _ = device.send(i % 2 == 0 ? Opcode.WRITE : Opcode.READ, 1, new byte[16]);
    }
  }

  private void receive(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      ByteBuffer reply = device.reply();
      assertThat(FakeDevice.error(reply)).isEqualTo(-Errno.EIO.number());
    }
  }

  private void end() {
    device.end();
    Awaitility.await().atMost(60, SECONDS).until(() -> answers.finished.get() == 1);
    assertThat(answers.ended).hasValue(1);
  }

  /**
   * Each request waits to be released and fails; a write says so and steps aside, a read does not.
   */
  private final class Answers implements Workers.Service {
    private final Semaphore held = new Semaphore(0);
    private final AtomicInteger answering = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final ConcurrentHashMap<Thread, Boolean> threads = new ConcurrentHashMap<>();

    @Override
    public void answer(Request request, Reply reply) {
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IllegalStateException("planted by a test");
      }
      threads.put(Thread.currentThread(), true);
      answering.incrementAndGet();
      if (request.opcode() == Opcode.WRITE) {
        workers.stepAside();
      }
      held.acquireUninterruptibly();
      reply.fail(Errno.EIO, request.unique());
      var _ = device.write(reply.bytes(), reply.size());
    }

    @Override
    public void ended() {
      ended.incrementAndGet();
    }

    @Override
    public void finished() {
      finished.incrementAndGet();
    }
  }
}
