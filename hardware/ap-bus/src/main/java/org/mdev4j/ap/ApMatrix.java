package org.mdev4j.ap;

import java.util.ArrayList;
import java.util.List;

/**
 * Adapters, usage domains and control domains: what a host has, what is assigned to somebody, or
 * what a guest's crypto control block (APCB) holds. The queues are the product of the first two.
 *
 * @param apm adapters
 * @param aqm usage domains
 * @param adm control domains
 */
public record ApMatrix(ApMask apm, ApMask aqm, ApMask adm) {
  /** Nothing. */
  public static final ApMatrix EMPTY = new ApMatrix(ApMask.NONE, ApMask.NONE, ApMask.NONE);

  /** Adapters and usage domains alone. */
  public static ApMatrix ofQueues(ApMask apm, ApMask aqm) {
    return new ApMatrix(apm, aqm, ApMask.NONE);
  }

  public ApMatrix withAdapters(ApMask changed) {
    return new ApMatrix(changed, aqm, adm);
  }

  public ApMatrix withDomains(ApMask changed) {
    return new ApMatrix(apm, changed, adm);
  }

  public ApMatrix withControlDomains(ApMask changed) {
    return new ApMatrix(apm, aqm, changed);
  }

  public ApMatrix and(ApMatrix other) {
    return new ApMatrix(apm.and(other.apm), aqm.and(other.aqm), adm.and(other.adm));
  }

  /** What of each this one has and {@code other} has not. */
  public ApMatrix minus(ApMatrix other) {
    return new ApMatrix(apm.minus(other.apm), aqm.minus(other.aqm), adm.minus(other.adm));
  }

  /** Whether neither adapters nor domains of either kind are in it. */
  public boolean isEmpty() {
    return apm.isEmpty() && aqm.isEmpty() && adm.isEmpty();
  }

  /** Whether the queue is one of the product. */
  public boolean has(Apqn apqn) {
    return apm.has(apqn.adapter()) && aqm.has(apqn.domain());
  }

  /** Whether both have a queue in common. */
  public boolean shares(ApMatrix other) {
    return apm.meets(other.apm) && aqm.meets(other.aqm);
  }

  /** The queues, by adapter and then by domain, ascending. */
  public List<Apqn> queues() {
    List<Apqn> queues = new ArrayList<>();
    List<Integer> domains = aqm.numbers();
    for (int adapter : apm.numbers()) {
      domains.forEach(domain -> queues.add(new Apqn(adapter, domain)));
    }
    return queues;
  }
}
