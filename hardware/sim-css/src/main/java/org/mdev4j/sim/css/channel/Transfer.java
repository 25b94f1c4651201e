package org.mdev4j.sim.css.channel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Scsw;

/**
 * The data of one command, over all CCWs that data chaining strings together.
 *
 * <p>A device either offers bytes (input) or takes bytes (output). When a CCW with the chain-data
 * flag is full, the next one is fetched at once, so the residual count is always that of the last.
 *
 * <p>Used by the channel queue only, except {@link #resume}, which any thread may call.
 */
public final class Transfer {
  private final Execution execution;
  private final int command;
  private Ccw ccw;
  private int moved;
  private boolean used;
  private boolean excess;

  Transfer(Execution execution, Ccw ccw) {
    this.execution = execution;
    this.command = ccw.command();
    this.ccw = ccw;
    checkStopped();
  }

  /** The count of the CCW that is in control now. */
  public int count() {
    return ccw.count();
  }

  /** How many bytes may move before the CCW in control is full, or ends; 0 at the very end. */
  public int space() {
    return remaining();
  }

  /**
   * What lies in the area of the CCW in control before anything moved: there are control units
   * whose input commands are told there what to answer.
   *
   * @param at the first byte's place in the area
   * @return fewer than {@code size} bytes where the area ends
   */
  public byte[] look(int at, int size) {
    byte[] seen = new byte[Math.clamp(ccw.count() - at, 0, size)];
    for (int done = 0; done < seen.length; ) {
      MemorySegment from = execution.memory().data(ccw, (long) at + done, seen.length - done);
      int length = (int) from.byteSize();
      MemorySegment.copy(from, 0, MemorySegment.ofArray(seen), done, length);
      done += length;
    }
    return seen;
  }

  /** Offers input; what does not fit is incorrect length. Returns the number of bytes moved. */
  public int offer(byte[] data) {
    use(data.length);
    int done = 0;
    while (done < data.length && remaining() > 0) {
      int length = Math.min(data.length - done, remaining());
      if (!ccw.has(Ccw.SKIP) || !Ccw.isInput(command)) {
        MemorySegment to = execution.memory().data(ccw, moved, length);
        if (to.isReadOnly()) {
          throw new ChannelCheck(Scsw.PROTECTION_CHECK, "storage is read-only: " + ccw);
        }
        length = (int) to.byteSize();
        int at = execution.habits().pieceAt(done);
        MemorySegment.copy(MemorySegment.ofArray(data), at, to, 0, length);
      }
      done += length;
      move(length);
    }
    excess |= done < data.length;
    return done;
  }

  /** Takes {@code wanted} bytes of output; fewer are incorrect length. */
  public byte[] take(int wanted) {
    use(wanted);
    byte[] data = new byte[wanted];
    int done = accept(data);
    excess |= done < wanted;
    return done == wanted ? data : Arrays.copyOf(data, done);
  }

  /** Takes as much output as there is, at most what {@code data} holds; returns how much. */
  public int accept(byte[] data) {
    used = true;
    int done = 0;
    while (done < data.length && remaining() > 0) {
      MemorySegment from =
          execution.memory().data(ccw, moved, Math.min(data.length - done, remaining()));
      int length = (int) from.byteSize();
      int at = execution.habits().pieceAt(done);
      MemorySegment.copy(from, 0, MemorySegment.ofArray(data), at, length);
      done += length;
      move(length);
    }
    return done;
  }

  /**
   * Goes on with the command after {@link Outcome#WAITING}, or after channel end without device
   * end: {@code rest} runs on the channel queue, unless the command was stopped meanwhile.
   */
  public void resume(Supplier<Outcome> rest) {
    execution.resume(this, rest);
  }

  /** Whether the program was stopped: nobody waits for this command any more. */
  public boolean isStopped() {
    return execution.isStopped();
  }

  Ccw ccw() {
    return ccw;
  }

  /** Bytes of the current CCW that did not move, as they are told with that device status. */
  int residual(int status) {
    boolean counts = used || (status & Outcome.UNIT_CHECK) != 0;
    return counts || execution.habits().countsImmediate() ? remaining() : 0;
  }

  /** Whether the channel has to report incorrect length. */
  boolean incorrectLength() {
    boolean suppressed = ccw.has(Ccw.SUPPRESS_LENGTH) && !ccw.has(Ccw.CHAIN_DATA);
    boolean wrong =
        used ? excess || remaining() > 0 : ccw.count() > 0 && execution.reportsImmediateLength();
    return wrong && !suppressed;
  }

  private void use(int length) {
    if (!used && execution.habits().refusesLength(ccw, length)) {
      throw ChannelMemory.programCheck("%d bytes for %s", length, ccw);
    }
    used = true;
  }

  private int remaining() {
    return ccw.count() - moved;
  }

  private void move(int length) {
    moved += length;
    checkStopped();
    if (remaining() == 0 && execution.habits().chainsData(ccw)) {
      ccw = execution.chainData();
      moved = 0;
    }
  }

  private void checkStopped() {
    if (execution.isStopped()) {
      throw new Stopped();
    }
  }
}
