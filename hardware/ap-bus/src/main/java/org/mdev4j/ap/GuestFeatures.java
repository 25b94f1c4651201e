package org.mdev4j.ap;

/**
 * What a guest's processors offer.
 *
 * @param crypto whether it has a crypto control block at all
 * @param apxa extended addressing: without it 64 adapters and 16 domains
 * @param testFacility facility 15, the T bit of TAPQ
 * @param interruptFacility facility 65, AQIC
 * @param adapterInterrupts whether AQIC is interpreted for it
 * @param gisa whether it has an interruption state area, without which no subclass can be
 *     registered
 */
public record GuestFeatures(
    boolean crypto,
    boolean apxa,
    boolean testFacility,
    boolean interruptFacility,
    boolean adapterInterrupts,
    boolean gisa) {
  /** A guest that has everything. */
  public static GuestFeatures all() {
    return new GuestFeatures(true, true, true, true, true, true);
  }

  public GuestFeatures withoutCrypto() {
    return new GuestFeatures(false, apxa, testFacility, interruptFacility, adapterInterrupts, gisa);
  }

  public GuestFeatures withoutApxa() {
    return new GuestFeatures(
        crypto, false, testFacility, interruptFacility, adapterInterrupts, gisa);
  }

  public GuestFeatures withoutTestFacility() {
    return new GuestFeatures(crypto, apxa, false, interruptFacility, adapterInterrupts, gisa);
  }

  public GuestFeatures withoutInterruptFacility() {
    return new GuestFeatures(crypto, apxa, testFacility, false, adapterInterrupts, gisa);
  }

  public GuestFeatures withoutAdapterInterrupts() {
    return new GuestFeatures(crypto, apxa, testFacility, interruptFacility, false, gisa);
  }

  public GuestFeatures withoutGisa() {
    return new GuestFeatures(
        crypto, apxa, testFacility, interruptFacility, adapterInterrupts, false);
  }
}
