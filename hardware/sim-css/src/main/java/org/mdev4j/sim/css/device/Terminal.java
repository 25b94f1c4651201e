package org.mdev4j.sim.css.device;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.sim.css.Console;
import org.mdev4j.sim.css.channel.Outcome;
import org.mdev4j.sim.css.channel.Transfer;

/**
 * A display terminal, 3270 style: the guest writes screens, the user presses keys.
 *
 * <p>Connecting is told by DEVICE END alone, a key by ATTENTION, disconnecting not at all. Without
 * a user everything needs intervention.
 *
 * <p>The monitor guards screen and input; nothing is called under it.
 */
public final class Terminal extends BasicDevice implements Console {
  /** Length of the answer to SENSE ID of a terminal that has nothing more to say. */
  public static final int IDENTITY_BYTES = 7;

  private static final int WRITE = 0x01;
  private static final int ERASE_WRITE = 0x05;
  private static final int ERASE_WRITE_ALTERNATE = 0x0D;
  private static final int WRITE_STRUCTURED_FIELD = 0x11;
  private static final int READ_BUFFER = 0x02;
  private static final int READ_MODIFIED = 0x06;
  private static final int CHUNK = 4096;

  private final int identityBytes;
  private @Nullable Consumer<byte[]> screen;
  private byte[] input = {};

  /**
   * @param identityBytes length of the answer to SENSE ID: 7, and zeros
   */
  public Terminal(int identityBytes) {
    super("FF 3270 00 0000 00");
    this.identityBytes = identityBytes;
  }

  @Override
  public byte[] identity() {
    return Arrays.copyOf(super.identity(), identityBytes);
  }

  @Override
  public void connect(Consumer<byte[]> itsScreen) {
    synchronized (this) {
      screen = itsScreen;
      input = new byte[0];
    }
    present(Outcome.DEVICE_END);
  }

  @Override
  public void input(byte[] data) {
    synchronized (this) {
      input = data.clone();
    }
    present(Outcome.ATTENTION);
  }

  @Override
  public synchronized void disconnect() {
    screen = null;
  }

  @Override
  Outcome perform(int command, Transfer data) {
    Consumer<byte[]> user;
    byte[] entered;
    synchronized (this) {
      user = screen;
      entered = input;
    }
    return switch (command) {
      case WRITE, ERASE_WRITE, ERASE_WRITE_ALTERNATE, WRITE_STRUCTURED_FIELD ->
          user == null ? refuse(INTERVENTION_REQUIRED, 0) : write(user, data);
      case READ_BUFFER, READ_MODIFIED -> {
        if (user == null) {
          yield refuse(INTERVENTION_REQUIRED, 0);
        }
        data.offer(entered);
        yield Outcome.DONE;
      }
      default -> reject();
    };
  }

  private static Outcome write(Consumer<byte[]> user, Transfer data) {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    while (data.space() > 0) {
      written.write(chunk, 0, data.accept(chunk));
    }
    user.accept(written.toByteArray());
    return Outcome.DONE;
  }
}
