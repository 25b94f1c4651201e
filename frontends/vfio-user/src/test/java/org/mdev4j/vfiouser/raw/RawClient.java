package org.mdev4j.vfiouser.raw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection to a vfio-user server. Not thread-safe. */
public final class RawClient implements AutoCloseable {
  public static final int EINVAL = 22;

  /** What the reference's own tests say of themselves. */
  public static final String CAPABILITIES =
      "{\"capabilities\":{\"max_data_xfer_size\":1048576,\"max_msg_fds\":8}}";

  private static final int SECONDS = 20;

  private final int fd;
  private int lastId;

  public RawClient(Path path) {
    this(C.connect(path, SECONDS));
  }

  private RawClient(int fd) {
    this.fd = fd;
  }

  /** The other end of a connection of which there is a descriptor. */
  public static RawClient of(int fd) {
    return new RawClient(fd);
  }

  /** Connected, with the version agreed on. */
  public static RawClient agreed(Path path) {
    return agreed(path, CAPABILITIES);
  }

  public static RawClient agreed(Path path, String json) {
    RawClient client = new RawClient(path);
    Answer answer = client.version(1, json + "\0");
    if (answer.isError()) {
      client.close();
      throw new IllegalStateException("version refused: " + answer.errno());
    }
    answer.descriptors().forEach(C::close);
    return client;
  }

  /** VERSION 0.minor with that text. */
  public Answer version(int minor, String json) {
    return call(1, Bytes.of().u16(0).u16(minor).text(json).array());
  }

  public static byte[] message(int id, int command, int flags, byte[] payload) {
    return Bytes.of()
        .u16(id)
        .u16(command)
        .u32(16 + payload.length)
        .u32(flags)
        .u32(0)
        .raw(payload)
        .array();
  }

  /** Sends a command; its id. */
  public int send(int command, byte[] payload, int... descriptors) {
    lastId = (lastId + 1) & 0xffff;
    sendRaw(message(lastId, command, 0, payload), descriptors);
    return lastId;
  }

  /** Sends a command that is not to be answered. */
  public void post(int command, byte[] payload, int... descriptors) {
    lastId = (lastId + 1) & 0xffff;
    sendRaw(message(lastId, command, 0x10, payload), descriptors);
  }

  /** Sends bytes as they are; false if the server has gone. */
  public boolean sendRaw(byte[] bytes, int... descriptors) {
    return C.send(fd, bytes, descriptors);
  }

  /** Sends a command and takes the next message, which must be its reply. */
  public Answer call(int command, byte[] payload, int... descriptors) {
    int id = send(command, payload, descriptors);
    Answer answer = receive();
    if (answer == null) {
      throw new IllegalStateException("the server hung up at command " + command);
    }
    if (answer.id() != id || answer.command() != command || (answer.flags() & 0xf) != 1) {
      throw new IllegalStateException("no reply to " + id + ": " + answer);
    }
    return answer;
  }

  /** The errno of the answer to a command, 0 for success. */
  public int errno(int command, byte[] payload, int... descriptors) {
    Answer answer = call(command, payload, descriptors);
    if (answer.isError() && answer.payload().length != 0) {
      throw new IllegalStateException("an error with a payload");
    }
    answer.descriptors().forEach(C::close);
    return answer.isError() ? answer.errno() : 0;
  }

  /** The next message, or null if the server has hung up. */
  public @Nullable Answer receive() {
    List<Integer> descriptors = new ArrayList<>();
    byte[] header = C.receive(fd, 16, descriptors);
    if (header.length == 0) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int size = fields.getInt(4);
    byte[] payload = C.receive(fd, size - 16, descriptors);
    return new Answer(
        Short.toUnsignedInt(fields.getShort(0)),
        Short.toUnsignedInt(fields.getShort(2)),
        fields.getInt(8),
        fields.getInt(12),
        payload,
        descriptors);
  }

  /** Answers a command of the server. */
  public void reply(Answer command, byte[] payload) {
    sendRaw(message(command.id(), command.command(), 1, payload));
  }

  /** Refuses a command of the server. */
  public void refuse(Answer command, int errno) {
    sendRaw(
        Bytes.of().u16(command.id()).u16(command.command()).u32(16).u32(0x21).u32(errno).array());
  }

  @Override
  public void close() {
    C.close(fd);
  }

  // Commands that many tests send.

  public Answer read(int region, long offset, int count) {
    return call(9, Bytes.of().u64(offset).u32(region).u32(count).array());
  }

  public static byte[] writePayload(int region, long offset, byte... data) {
    return Bytes.of().u64(offset).u32(region).u32(data.length).raw(data).array();
  }

  public Answer write(int region, long offset, byte... data) {
    return call(10, writePayload(region, offset, data));
  }

  public static byte[] dmaMap(int flags, long offset, long iova, long size) {
    return Bytes.ints(32, flags).u64(offset).u64(iova).u64(size).array();
  }

  public int map(int flags, long offset, long iova, long size, int... descriptors) {
    return errno(2, dmaMap(flags, offset, iova, size), descriptors);
  }

  public int unmap(int flags, long iova, long size) {
    return errno(3, Bytes.ints(24, flags).u64(iova).u64(size).array());
  }

  public static byte[] irqSet(int flags, int index, long start, long count, byte... data) {
    return Bytes.ints(20 + data.length, flags, index, start, count).raw(data).array();
  }
}
