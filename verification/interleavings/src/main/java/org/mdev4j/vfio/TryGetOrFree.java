package org.mdev4j.vfio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reference is gotten, or the device is free to go; never both. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "gotten, so the device stays")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "gone, so nobody gets a reference")
@Outcome(expect = Expect.FORBIDDEN, desc = "a reference to a device that is free to go")
@State
public class TryGetOrFree {
  private final UseCount uses = new UseCount();

  public TryGetOrFree() {
    uses.start();
  }

  @Actor
  public void callback(II_Result result) {
    result.r1 = uses.tryGet() ? 1 : 0;
  }

  @Actor
  public void unregister(II_Result result) {
    uses.put();
    result.r2 = uses.get() == 0 ? 1 : 0;
  }
}
