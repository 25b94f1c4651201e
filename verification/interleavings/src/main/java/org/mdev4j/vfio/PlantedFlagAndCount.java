package org.mdev4j.vfio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The planted bug: {@link TryGetOrFree} with a flag and a count where there must be one number, and
 * without the barrier between writing one and reading the other. It must be found.
 */
@JCStressTest
@Outcome(
    id = {"1, 0", "0, 1", "0, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "one saw the other")
@Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "neither saw the other")
@State
public class PlantedFlagAndCount {
  private static final VarHandle USERS;
  private static final VarHandle REGISTERED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      USERS = lookup.findVarHandle(PlantedFlagAndCount.class, "users", int.class);
      REGISTERED = lookup.findVarHandle(PlantedFlagAndCount.class, "registered", boolean.class);
    } catch (ReflectiveOperationException renamed) {
      throw new AssertionError(renamed);
    }
  }

  int users;
  boolean registered = true;

  @Actor
  public void callback(II_Result result) {
    USERS.setOpaque(this, 1);
    result.r1 = (boolean) REGISTERED.getOpaque(this) ? 1 : 0;
  }

  @Actor
  public void unregister(II_Result result) {
    REGISTERED.setOpaque(this, false);
    result.r2 = (int) USERS.getOpaque(this) == 0 ? 1 : 0;
  }
}
