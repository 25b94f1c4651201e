package org.mdev4j.vfio;

import java.time.Duration;
import java.time.Instant;
import org.mdev4j.device.host.HostClock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** What is freed after a drain nobody sees freed who held a reference; the fields are plain. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "held a reference and saw the device alive")
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "got no reference")
@Outcome(expect = Expect.FORBIDDEN, desc = "held a reference and saw what was freed")
@State
public class PutBeforeFree {
  private static final HostClock STOPPED = new StoppedClock();

  private final UseCount uses = new UseCount();
  private int alive = 1;

  public PutBeforeFree() {
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
    uses.drain(STOPPED, Duration.ofDays(1), _ -> {});
    alive = 0;
  }

  /** Time does not pass: only a put ends the wait. */
  private static final class StoppedClock implements HostClock {
    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Timer schedule(Duration delay, Runnable action) {
      return () -> {};
    }
  }
}
