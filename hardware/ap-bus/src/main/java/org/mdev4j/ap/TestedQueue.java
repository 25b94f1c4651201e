package org.mdev4j.ap;

/**
 * What TAPQ tells of a queue.
 *
 * @param status the status word
 * @param gr2 from the left: 32 facility bits, 8 hardware type, 12 reserved, 4 message limit, 4
 *     reserved, 4 queue depth; all zero exactly if the queue is not available
 */
public record TestedQueue(ApStatus status, long gr2) {
  private static final int LIMIT_UNIT = 4096;
  private static final int DEFAULT_LIMIT = 12288;

  /** The facility bits. */
  public int functions() {
    return (int) (gr2 >>> 32);
  }

  /** Hardware type: 10 to 14 for CEX4 to CEX8. */
  public int type() {
    return (int) (gr2 >>> 24) & 0xFF;
  }

  /** The longest message, in bytes. */
  public int messageLimit() {
    int field = (int) (gr2 >>> 8) & 0xF;
    return field == 0 ? DEFAULT_LIMIT : field * LIMIT_UNIT;
  }

  /** One less than the number of messages that the queue takes. */
  public int depth() {
    return (int) gr2 & 0xF;
  }
}
