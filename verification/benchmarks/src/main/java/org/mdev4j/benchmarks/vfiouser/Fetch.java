package org.mdev4j.benchmarks.vfiouser;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.vfio.dma.DeviceDma;

/**
 * A device that reads its client's memory, of which the client gave no file: each read is a message
 * to the client. The device's side takes the time, the client's side answers.
 */
final class Fetch {
  /** Bytes of a read; and of the messages there and back. */
  static final int SIZE = 4096;

  static final int REQUEST = 32;
  static final int ANSWER = REQUEST + SIZE;

  private static final long IOVA = 1 << 20;
  private static final int REPLY = 1;

  private final int socket;
  private final MemorySegment request = Arena.ofAuto().allocate(REQUEST, 8);
  private final MemorySegment answer = Arena.ofAuto().allocate(ANSWER, 8);
  private final MemorySegment page = Arena.ofAuto().allocate(SIZE, 8);

  /**
   * @param socket of a client that has agreed on the version
   */
  Fetch(int socket) throws Throwable {
    this.socket = socket;
    Exchange.map(socket, IOVA, SIZE).once();
  }

  /** The device's side: reads as often as there is room for times. */
  void read(DeviceDma dma, long[] nanos, int from, int count) {
    for (int i = from; i < from + count; i++) {
      long start = System.nanoTime();
      dma.read(IOVA, page);
      nanos[i] = System.nanoTime() - start;
    }
  }

  /** The client's side: answers {@code count} reads. */
  void answer(int count) throws Throwable {
    for (int i = 0; i < count; i++) {
      if (!Sys.receive(socket, request, REQUEST)) {
        throw new IllegalStateException("the server does not read");
      }
      MemorySegment.copy(request, 0, answer, 0, REQUEST);
      answer.set(ValueLayout.JAVA_INT, 4, ANSWER);
      answer.set(ValueLayout.JAVA_INT, 8, REPLY);
      Sys.send(socket, answer, ANSWER);
    }
  }
}
