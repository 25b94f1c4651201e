package org.mdev4j.ap;

/**
 * How an intercepted PQAP ended.
 *
 * @param kind what happened
 * @param conditionCode 0 or 3, if it was done
 * @param gr1 general register 1 then: the status word in its low half
 */
public record PqapResult(Kind kind, int conditionCode, long gr1) {
  /** What can happen. */
  public enum Kind {
    DONE,
    /** User space has to decide. */
    NOT_HANDLED,
    PRIVILEGED_OPERATION,
    SPECIFICATION
  }

  /** It was done, with that status. */
  public static PqapResult done(ApStatus status) {
    return new PqapResult(
        Kind.DONE, status.isNormal() ? 0 : 3, Integer.toUnsignedLong(status.word()));
  }

  /** It was not done. */
  public static PqapResult notDone(Kind kind) {
    return new PqapResult(kind, 0, 0);
  }

  /** The status word. */
  public ApStatus status() {
    return new ApStatus((int) gr1);
  }
}
