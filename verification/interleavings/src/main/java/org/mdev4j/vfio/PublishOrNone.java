package org.mdev4j.vfio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A callback finds a device that is complete, or none; the device's fields are plain. */
@JCStressTest
@Outcome(id = "42", expect = Expect.ACCEPTABLE, desc = "found, and complete")
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not published, or not registered yet")
@Outcome(expect = Expect.FORBIDDEN, desc = "found before it was complete")
@State
public class PublishOrNone {
  private final Published<Model> slot = new Published<>();
  private final UseCount uses = new UseCount();

  /** A device model. */
  static final class Model {
    int value;
  }

  @Actor
  public void register() {
    Model model = new Model();
    model.value = 42;
    slot.publish(model, uses);
    uses.start();
  }

  @Actor
  public void callback(I_Result result) {
    try (Lease<Model> lease = slot.tryGet()) {
      result.r1 = lease == null ? -1 : lease.get().value;
    }
  }
}
