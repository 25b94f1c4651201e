package org.mdev4j.driver.ccw.device;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.layout.BigEndian;

/**
 * Region 1: the user halts and clears here. 8 bytes, big-endian: the command, 1 to halt and 2 to
 * clear, and the return code.
 */
final class CommandRegion extends RequestRegion {
  static final int SIZE = 8;

  private static final int RETURN_CODE = 4;

  private final Requests requests;
  private final MemorySegment bytes;

  CommandRegion(Requests requests) {
    this(requests, MemorySegment.ofArray(new byte[SIZE]));
  }

  private CommandRegion(Requests requests, MemorySegment bytes) {
    super(requests, bytes, RETURN_CODE, RETURN_CODE);
    this.requests = requests;
    this.bytes = bytes;
  }

  @Override
  void request() {
    requests.haltOrClear(BigEndian.word(bytes, 0));
  }
}
