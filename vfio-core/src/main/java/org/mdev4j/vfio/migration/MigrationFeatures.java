package org.mdev4j.vfio.migration;

/**
 * What a device offers beyond stop and copy, which every migratable device has ({@code
 * spec/vfio.md} 4.11, feature 1).
 *
 * @param p2p it can be kept from touching other devices: {@code RUNNING_P2P}
 * @param preCopy part of its state can be read while it runs: {@code PRE_COPY}; with {@code p2p}
 *     also {@code PRE_COPY_P2P}
 */
public record MigrationFeatures(boolean p2p, boolean preCopy) {
  public static final int STOP_COPY = 1;
  public static final int P2P = 2;
  public static final int PRE_COPY = 4;

  /** The flags of feature 1. */
  public int flags() {
    return STOP_COPY | (p2p ? P2P : 0) | (preCopy ? PRE_COPY : 0);
  }

  /** Whether a device with these features can be asked to go to {@code state}. */
  public boolean supports(MigrationState state) {
    return switch (state) {
      case ERROR -> false;
      case STOP, RUNNING, STOP_COPY, RESUMING -> true;
      case RUNNING_P2P -> p2p;
      case PRE_COPY -> preCopy;
      case PRE_COPY_P2P -> p2p && preCopy;
    };
  }
}
