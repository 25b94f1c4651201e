package org.mdev4j.cli.control;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A session with a host that listens at a control socket. For one thread. */
public final class ControlClient implements AutoCloseable {
  private final Path path;
  private final SocketChannel channel;
  private final DataInputStream in;
  private final DataOutputStream out;

  private ControlClient(Path path, SocketChannel channel) {
    this.path = path;
    this.channel = channel;
    in = new DataInputStream(Channels.newInputStream(channel));
    out = new DataOutputStream(Channels.newOutputStream(channel));
  }

  /**
   * What a line's commands did.
   *
   * @param good whether all of them succeeded
   * @param text what they printed
   */
  public record Answer(boolean good, String text) {}

  /**
   * Connects.
   *
   * @throws ConnectException if nobody listens there, saying so
   */
  public static ControlClient connect(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new ConnectException("there is no socket " + path);
    }
    try {
      return new ControlClient(path, SocketChannel.open(UnixDomainSocketAddress.of(path)));
    } catch (ConnectException nobody) {
      ConnectException said = new ConnectException("no host listens at " + path);
      said.initCause(nobody);
      throw said;
    }
  }

  /**
   * Has a line of shell commands carried out, and waits until that is done.
   *
   * @throws IOException if the host goes away meanwhile
   */
  public Answer run(String line) throws IOException {
    try {
      out.writeUTF(line);
      out.flush();
      boolean good = in.readBoolean();
      byte[] text = in.readNBytes(in.readInt());
      return new Answer(good, new String(text, StandardCharsets.UTF_8));
    } catch (EOFException end) {
      throw new IOException("the host at " + path + " has ended", end);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
