package org.mdev4j.sim.ap.config;

/** What a card is set up to do. */
public enum CardMode {
  ACCELERATOR(0x08000000),
  CCA(0x10000000),
  EP11(0x04000000);

  /** 4096-bit exponentiation in both forms, and extended addressing. */
  private static final int COMMON = 0x40000000 | 0x20000000 | 0x02000000;

  private final int facility;

  CardMode(int facility) {
    this.facility = facility;
  }

  /** The facility bits of TAPQ for a card of this mode. */
  public int functions() {
    return COMMON | facility;
  }
}
