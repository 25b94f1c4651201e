package org.mdev4j.vfio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Clearing a slot takes away what this registration published, and nothing of the next one. */
@JCStressTest
@Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "the next device was refused: slot taken")
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "the next device is found")
@Outcome(expect = Expect.FORBIDDEN, desc = "the next device was published and is not found")
@State
public class ClearOrFind {
  private final Published<Integer> slot = new Published<>();
  private final UseCount old = new UseCount();
  private final UseCount next = new UseCount();

  public ClearOrFind() {
    old.start();
    next.start();
    slot.publish(1, old);
  }

  @Actor
  public void unregister(II_Result result) {
    old.put();
    slot.clear(old);
    slot.clear(old);
    result.r2 = 2;
  }

  @Actor
  public void register(II_Result result) {
    try {
      slot.publish(2, next);
    } catch (RuntimeException taken) {
      result.r1 = 0;
      return;
    }
    try (Lease<Integer> lease = slot.tryGet()) {
      result.r1 = lease != null && lease.get() == 2 ? 1 : -1;
    }
  }
}
