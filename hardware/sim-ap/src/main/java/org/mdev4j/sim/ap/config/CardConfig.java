package org.mdev4j.sim.ap.config;

/**
 * A card.
 *
 * @param adapter its number
 * @param type hardware type, 3 to 14; 10 to 14 for CEX4 to CEX8
 * @param mode what it does
 * @param depth one less than the number of messages that each queue takes, 0 to 15
 * @param messageLimit longest message in units of 4096 bytes; 0 for 12288 bytes
 */
public record CardConfig(int adapter, int type, CardMode mode, int depth, int messageLimit) {
  /** The facts that TAPQ leaves in general register 2. */
  public long facts() {
    return (long) mode.functions() << 32 | (long) type << 24 | messageLimit << 8 | depth;
  }
}
