package org.mdev4j.replay.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A file opened through the host's file system, for flags that only that knows. */
public final class ChannelFd implements AutoCloseable {
  private final SeekableByteChannel channel;

  ChannelFd(SeekableByteChannel channel) {
    this.channel = channel;
  }

  /** One write; a refusal is an {@link org.mdev4j.device.errno.ErrnoException}. */
  public int write(byte[] data) {
    try {
      return channel.write(ByteBuffer.wrap(data));
    } catch (IOException failure) {
      throw Syscalls.refusal(failure);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
