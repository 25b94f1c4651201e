package org.mdev4j.vfio;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The planted bug: {@link ClearOrFind} with a slot that is cleared whatever is in it. It must be
 * found.
 */
@JCStressTest
@Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "the next device was refused: slot taken")
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "the next device is found")
@Outcome(expect = Expect.FORBIDDEN, desc = "the next device was published and is not found")
@State
public class PlantedClearAnything {
  private final AtomicReference<@Nullable Integer> slot = new AtomicReference<>(1);

  @Actor
  public void unregister(II_Result result) {
    slot.set(null);
    slot.set(null);
    result.r2 = 2;
  }

  @Actor
  public void register(II_Result result) {
    if (!slot.compareAndSet(null, 2)) {
      result.r1 = 0;
      return;
    }
    result.r1 = Integer.valueOf(2).equals(slot.get()) ? 1 : -1;
  }
}
