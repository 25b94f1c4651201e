package org.mdev4j.vfio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The planted bug: {@link PublishOrNone}, but the device is registered and published before it is
 * complete. It must be found.
 */
@JCStressTest
@Outcome(id = "42", expect = Expect.ACCEPTABLE, desc = "found, and complete")
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not published, or not registered yet")
@Outcome(expect = Expect.FORBIDDEN, desc = "found before it was complete")
@State
public class PlantedPublishThenFill {
  private final Published<PublishOrNone.Model> slot = new Published<>();
  private final UseCount uses = new UseCount();

  @Actor
  public void register() {
    PublishOrNone.Model model = new PublishOrNone.Model();
    uses.start();
    slot.publish(model, uses);
    model.value = 42;
  }

  @Actor
  public void callback(I_Result result) {
    try (Lease<PublishOrNone.Model> lease = slot.tryGet()) {
      result.r1 = lease == null ? -1 : lease.get().value;
    }
  }
}
