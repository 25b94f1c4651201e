package org.mdev4j.vfiouser.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.posix.Descriptor;
import org.mdev4j.vfiouser.posix.UnixSocket;
import org.mdev4j.vfiouser.wire.Channel;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Header;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/**
 * A connection to a server with which the version is agreed on. The server's own commands come on a
 * twin socket if it grants one, so that our calls find their replies alone on theirs.
 *
 * <p>Thread-safe: the monitor is held during a call, so one at a time is under way.
 */
final class Connection implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Commands come while we wait for a reply if the server grants no twin. */
  private static final Channel.Limits GRANTED = new Channel.Limits(PATIENCE, PATIENCE, 16L << 20);

  private static final int VERSION_SIZE = 4;
  private static final String TERMS =
      "{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":"
          + Header.MAX_TRANSFER
          + ",\"twin_socket\":{\"supported\":true}}}\0";

  private final Channel calls;
  private final Reply request = new Reply();
  private final Message answer = new Message();
  private @Nullable Channel twin;
  private boolean closed;
  private int descriptors = 1;
  private int transfer = Header.MAX_TRANSFER;

  private Connection(UnixSocket socket) {
    calls = new Channel(socket, GRANTED, _ -> shutdown());
  }

  /**
   * Connects to the server at {@code path}.
   *
   * @throws ErrnoException {@code ENOTCONN} if there is none, {@code EPROTO} if it does not agree;
   *     as it refuses, for example {@code EBUSY} while it has another client
   */
  static Connection to(Path path) {
    Connection connection = new Connection(UnixSocket.connect(path));
    try {
      connection.agree();
      return connection;
    } catch (RuntimeException failure) {
      connection.close();
      throw failure;
    }
  }

  private void agree() {
    byte[] text = TERMS.getBytes(UTF_8);
    call(
        Command.VERSION,
        call -> {
          call.setLength(VERSION_SIZE + text.length);
          call.u32(0, 1 << Short.SIZE);
          call.data(VERSION_SIZE, text.length).copyFrom(MemorySegment.ofArray(text));
        },
        reply -> {
          reply.require(VERSION_SIZE);
          if (reply.u16(0) != 0) {
            throw new ErrnoException(Errno.EPROTO, "the server speaks version " + reply.u16(0));
          }
          if (reply.length() > VERSION_SIZE) {
            readTerms(reply);
          }
          return reply;
        });
  }

  private void readTerms(Message reply) {
    int length = reply.length() - VERSION_SIZE - 1;
    byte[] text = reply.data(VERSION_SIZE, length).toArray(ValueLayout.JAVA_BYTE);
    JsonNode terms;
    try {
      terms = new ObjectMapper().readTree(text).path("capabilities");
    } catch (IOException wrong) {
      throw new ErrnoException(Errno.EPROTO, "the server's terms are no JSON", wrong);
    }
    int told = terms.path("max_msg_fds").asInt(descriptors);
    descriptors = Math.clamp(told, 1, UnixSocket.MOST_DESCRIPTORS);
    transfer = Math.clamp(terms.path("max_data_xfer_size").asInt(transfer), 1, transfer);
    List<Descriptor> sent = reply.descriptors();
    int index = terms.path("twin_socket").path("fd_index").asInt(-1);
    if (index >= 0 && index < sent.size()) {
      twin = new Channel(UnixSocket.of(sent.get(index).take()), GRANTED, _ -> shutdown());
    }
  }

  /** Most descriptors that the server takes in a message. */
  int descriptors() {
    return descriptors;
  }

  /** Most bytes of data that the server takes, or gives, in a message. */
  int transfer() {
    return transfer;
  }

  /** Where the server's commands come. */
  Channel commands() {
    return twin == null ? calls : twin;
  }

  /** How a reply is read; it is valid meanwhile. */
  @FunctionalInterface
  interface Reader<T extends @Nullable Object> {
    T read(Message reply);
  }

  /**
   * Makes a call.
   *
   * @param fill puts the request together
   * @param reader takes what is wanted of the reply, and of its descriptors
   * @throws ErrnoException as the server refuses
   */
  synchronized <T extends @Nullable Object> T call(
      int command, Consumer<Reply> fill, Reader<T> reader) {
    if (closed) {
      throw new ErrnoException(Errno.ENOTCONN, "the connection is closed");
    }
    request.clear();
    fill.accept(request);
    calls.call(command, request, answer);
    try {
      return reader.read(answer);
    } finally {
      answer.closeDescriptors();
    }
  }

  /** Makes a call of which only the success is of interest. */
  void call(int command, Consumer<Reply> fill) {
    var _ = call(command, fill, Message::length);
  }

  /** Ends the connection: who is in a call fails. */
  @Override
  public void close() {
    Channel second = twin;
    if (second != null) {
      second.close();
    }
    calls.close();
    synchronized (this) {
      closed = true;
      request.close();
      answer.close();
    }
  }

  /** Ends it without closing, so that whoever serves commands ends. */
  void shutdown() {
    commands().shutdown();
    calls.shutdown();
  }
}
