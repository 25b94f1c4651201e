package org.mdev4j.vfio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The planted bug: {@link PutBeforeFree}, but what is freed is freed without waiting for those who
 * hold a reference. It must be found.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "held a reference and saw the device alive")
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "got no reference")
@Outcome(expect = Expect.FORBIDDEN, desc = "held a reference and saw what was freed")
@State
public class PlantedFreeAtOnce {
  private final UseCount uses = new UseCount();
  private int alive = 1;

  public PlantedFreeAtOnce() {
    uses.start();
  }

  @Actor
  public void callback(I_Result result) {
    if (uses.tryGet()) {
      result.r1 = alive;
      uses.put();
    } else {
      result.r1 = -1;
    }
  }

  @Actor
  public void unregister() {
    uses.put();
    alive = 0;
  }
}
