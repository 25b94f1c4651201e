package org.mdev4j.sim.css.device;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Ccw;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * A device that does what it is told beforehand: its identity, and per command data, status, sense
 * and delay.
 *
 * <p>Configured before it is attached; what it received may be read by any thread.
 */
public final class TestDevice extends BasicDevice {
  private final HostClock clock;
  private final Map<Integer, Answer> answers = new HashMap<>();
  private final Map<Integer, byte[]> inputs = new HashMap<>();
  private final List<byte[]> received = new CopyOnWriteArrayList<>();
  private HostClock.@Nullable Timer timer;

  /**
   * What the device does with one command.
   *
   * @param data input that it offers, in hexadecimal
   * @param wanted output bytes that it takes; -1: all there are
   * @param status the status that it ends with
   * @param sense sense bytes 0 and 1, for a status with unit check
   * @param delay how long it takes after the data moved
   * @param channelEndFirst whether channel end comes at once and only device end takes the delay
   */
  public record Answer(
      String data, int wanted, int status, int sense, Duration delay, boolean channelEndFirst) {
    /** Offers {@code data} to a command that reads. */
    public static Answer offering(byte... data) {
      return new Answer(HexFormat.of().formatHex(data), -1, 0x0C, 0, Duration.ZERO, false);
    }

    /** Takes {@code bytes} of a command that writes, or all for -1. */
    public static Answer taking(int bytes) {
      return new Answer("", bytes, 0x0C, 0, Duration.ZERO, false);
    }

    /** The same, ending with another status. */
    public Answer ending(int itsStatus, int itsSense) {
      return new Answer(data, wanted, itsStatus, itsSense, delay, channelEndFirst);
    }

    /** The same, later. */
    public Answer after(Duration itsDelay) {
      return new Answer(data, wanted, status, sense, itsDelay, channelEndFirst);
    }

    /** The same, with channel end at once. */
    public Answer channelEndFirst(boolean first) {
      return new Answer(data, wanted, status, sense, delay, first);
    }
  }

  /**
   * @param identity the answer to SENSE ID, in hexadecimal
   */
  public TestDevice(String identity, HostClock clock) {
    super(identity);
    this.clock = clock;
  }

  /** Says what the device does with {@code command}. Returns this. */
  public TestDevice on(int command, Answer answer) {
    answers.put(command, answer);
    inputs.put(command, HexFormat.of().parseHex(answer.data));
    return this;
  }

  /** What commands that write brought, one array per command. */
  public List<byte[]> received() {
    return List.copyOf(received);
  }

  @Override
  public void cancel() {
    HostClock.Timer waiting = timer;
    timer = null;
    if (waiting != null) {
      waiting.cancel();
    }
  }

  @Override
  Outcome perform(int command, Transfer data) {
    Answer answer = answers.get(command);
    if (answer == null) {
      return reject();
    }
    boolean immediate = answer.data.isEmpty() && answer.wanted == 0;
    if (!immediate) {
      move(command, answer, data);
    }
    if (answer.channelEndFirst) {
      later(answer, data, Outcome.DEVICE_END);
      return new Outcome.Ended(answer.status & ~Outcome.DEVICE_END);
    }
    if (answer.delay.isPositive()) {
      later(answer, data, answer.status);
      return Outcome.WAITING;
    }
    return end(answer, answer.status);
  }

  private void move(int command, Answer answer, Transfer data) {
    if (Ccw.isInput(command)) {
      data.offer(inputs.getOrDefault(command, new byte[0]));
    } else if (answer.wanted >= 0) {
      received.add(data.take(answer.wanted));
    } else {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] chunk = new byte[512];
      while (data.space() > 0) {
        all.write(chunk, 0, data.accept(chunk));
      }
      received.add(all.toByteArray());
    }
  }

  private void later(Answer answer, Transfer data, int status) {
    timer = clock.schedule(answer.delay, () -> data.resume(() -> end(answer, status)));
  }

  private Outcome end(Answer answer, int status) {
    if ((status & Outcome.UNIT_CHECK) != 0) {
      var _ = refuse(answer.sense >>> 8, answer.sense & 0xFF);
    }
    return new Outcome.Ended(status);
  }
}
