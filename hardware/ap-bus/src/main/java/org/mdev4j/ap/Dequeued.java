package org.mdev4j.ap;

/**
 * What DQAP got: a reply, a part of one, or nothing. Immutable.
 *
 * <p>A reply that is longer than the buffer comes in parts, each with response {@link
 * ResponseCode#MORE} but the last.
 */
public final class Dequeued {
  private final ApStatus status;
  private final long psmid;
  private final byte[] data;
  private final int residual;

  public Dequeued(ApStatus status, long psmid, byte[] data, int residual) {
    this.status = status;
    this.psmid = psmid;
    this.data = data.clone();
    this.residual = residual;
  }

  /** Nothing. */
  public static Dequeued nothing(ApStatus status) {
    return new Dequeued(status, 0, new byte[0], 0);
  }

  /** The status after what was got was removed. */
  public ApStatus status() {
    return status;
  }

  /** The message id that the request was given; 0 if there is no reply. */
  public long psmid() {
    return psmid;
  }

  /** The bytes. */
  public byte[] data() {
    return data.clone();
  }

  /** How many bytes of the reply are left. */
  public int residual() {
    return residual;
  }
}
