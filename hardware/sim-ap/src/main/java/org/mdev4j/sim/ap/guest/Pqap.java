package org.mdev4j.sim.ap.guest;

import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.ap.PqapResult;

/** Registers of PQAP, and what is checked before its handler is called ({@code spec/ap.md} 11). */
final class Pqap {
  private static final int FUNCTION_SHIFT = 24;
  private static final int AQIC = 3;
  private static final long RESERVED = 0x007f0000;
  private static final long T_BIT = 0x00800000;
  private static final long EXTENDED_APQN = 0xc0f0;
  private static final int IR_SHIFT = 47;
  private static final int ISC = 7;

  private Pqap() {}

  /** General register 0 for AQIC of a queue. */
  static long aqic(Apqn apqn) {
    return (long) AQIC << FUNCTION_SHIFT | apqn.number();
  }

  /** General register 1 for AQIC. */
  static long control(boolean enable, int isc) {
    return (enable ? 1L << IR_SHIFT : 0) | (isc & ISC);
  }

  static boolean enables(long gr1) {
    return (gr1 >>> IR_SHIFT & 1) != 0;
  }

  static int isc(long gr1) {
    return (int) gr1 & ISC;
  }

  /** Why the handler is not to be called; null if it is. */
  static @Nullable PqapResult check(GuestFeatures features, long gr0, boolean problemState) {
    if ((gr0 >>> FUNCTION_SHIFT & 0xFF) != AQIC) {
      return PqapResult.notDone(PqapResult.Kind.NOT_HANDLED);
    }
    if (problemState) {
      return PqapResult.notDone(PqapResult.Kind.PRIVILEGED_OPERATION);
    }
    boolean wrong =
        (gr0 & RESERVED) != 0
            || ((gr0 & T_BIT) != 0 && !features.testFacility())
            || (!features.apxa() && (gr0 & EXTENDED_APQN) != 0)
            || !features.interruptFacility();
    return wrong ? PqapResult.notDone(PqapResult.Kind.SPECIFICATION) : null;
  }
}
