package org.mdev4j.ap;

/**
 * What PQAP(QCI) tells: the configuration of a host or of a guest.
 *
 * @param available whether there is the instruction; else all is zero
 * @param apxa whether there is extended addressing
 * @param na the highest adapter number, if there is
 * @param nd the highest domain number, if there is
 * @param matrix what is configured
 */
public record QciInfo(boolean available, boolean apxa, int na, int nd, ApMatrix matrix) {
  /** What is known of a configuration without the instruction. */
  public static final QciInfo NONE = new QciInfo(false, false, 0, 0, ApMatrix.EMPTY);

  private static final int MAX_ADAPTER = 63;
  private static final int MAX_DOMAIN = 15;

  /** The highest adapter number that there can be. */
  public int maxAdapter() {
    return apxa ? na : MAX_ADAPTER;
  }

  /** The highest domain number that there can be. */
  public int maxDomain() {
    return apxa ? nd : MAX_DOMAIN;
  }

  /** The same with another configuration. */
  public QciInfo with(ApMatrix configured) {
    return new QciInfo(available, apxa, na, nd, configured);
  }
}
