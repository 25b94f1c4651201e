package org.mdev4j.driver.ccw.device;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;

/**
 * The bytes of the I/O region ({@code spec/ccw.md} 4.2), big-endian:
 *
 * <pre>
 *    0  ORB of the user's program
 *   12  SCSW of the user's subchannel, of which the function control is the request
 *   24  IRB: SCSW, ESW, ECW, and 32 bytes that stay as the user wrote them
 *  120  return code: 0 or a negative errno
 * </pre>
 *
 * <p>Guarded by the I/O lock of the device.
 */
final class IoArea {
  static final int SIZE = 124;

  /** Where the user's request ends; what follows is written for the user. */
  static final int REQUEST_END = 24;

  static final int RETURN_CODE = 120;

  private static final int SCSW = Orb.SIZE;
  private static final int IRB = REQUEST_END;

  private final MemorySegment bytes = MemorySegment.ofArray(new byte[SIZE]);

  MemorySegment bytes() {
    return bytes;
  }

  Orb orb() {
    return Orb.readFrom(bytes);
  }

  Scsw scsw() {
    return Scsw.readFrom(bytes, SCSW);
  }

  void store(Irb irb) {
    irb.writeTo(bytes.asSlice(IRB));
  }
}
