package org.mdev4j.replay.vfio;

/** An open {@code /dev/null}: a file that is none of VFIO's and no eventfd. */
public record NullFile() implements AutoCloseable {
  @Override
  public void close() {}
}
