package org.mdev4j.sim.css.device;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.sim.css.Console;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * A line console, 3215 style: writes lines, reads lines.
 *
 * <p>A read without input stays active until a line arrives, or ends with unit exception if the
 * console does not wait. A line that arrives while nobody reads is told by ATTENTION.
 *
 * <p>The monitor guards lines, screen and the waiting read; nothing is called under it.
 */
public final class LineConsole extends BasicDevice implements Console {
  private static final int WRITE = 0x01;
  private static final int WRITE_WITH_RETURN = 0x09;
  private static final int READ_INQUIRY = 0x0A;
  private static final int CHUNK = 4096;

  private final boolean waits;
  private final Deque<byte[]> lines = new ArrayDeque<>();
  private @Nullable Consumer<byte[]> screen = ignored -> {};
  private @Nullable Transfer reader;

  /**
   * @param waits whether a read without input waits for it
   */
  public LineConsole(boolean waits) {
    super("FF 3215 00 0000 00");
    this.waits = waits;
  }

  @Override
  public synchronized void connect(Consumer<byte[]> itsScreen) {
    screen = itsScreen;
  }

  @Override
  public synchronized void disconnect() {
    screen = null;
  }

  @Override
  public void input(byte[] line) {
    Transfer waiting;
    synchronized (this) {
      lines.add(line.clone());
      waiting = reader;
      reader = null;
    }
    if (waiting == null) {
      present(Outcome.ATTENTION);
    } else {
      waiting.resume(() -> read(waiting));
    }
  }

  @Override
  public synchronized void cancel() {
    reader = null;
  }

  @Override
  Outcome perform(int command, Transfer data) {
    return switch (command) {
      case WRITE, WRITE_WITH_RETURN -> write(data);
      case READ_INQUIRY -> read(data);
      default -> reject();
    };
  }

  private Outcome write(Transfer data) {
    Consumer<byte[]> sink;
    synchronized (this) {
      sink = screen;
    }
    if (sink == null) {
      return refuse(INTERVENTION_REQUIRED, 0);
    }
    byte[] chunk = new byte[CHUNK];
    while (data.space() > 0) {
      int length = data.accept(chunk);
      sink.accept(java.util.Arrays.copyOf(chunk, length));
    }
    return Outcome.DONE;
  }

  private Outcome read(Transfer data) {
    byte[] line;
    synchronized (this) {
      if (screen == null) {
        return refuse(INTERVENTION_REQUIRED, 0);
      }
      line = lines.poll();
      if (line == null && waits) {
        reader = data;
        return Outcome.WAITING;
      }
    }
    if (line == null) {
      return new Outcome.Ended(Outcome.CHANNEL_END | Outcome.DEVICE_END | Outcome.UNIT_EXCEPTION);
    }
    data.offer(line);
    return Outcome.DONE;
  }
}
