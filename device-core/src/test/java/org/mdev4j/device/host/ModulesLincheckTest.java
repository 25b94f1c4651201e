// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Schedules;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Loads, unloads and the close of a host, all interleavings. What a caller is told is what one call
 * after the other would be told; a load that another thread does is waited for.
 */
@DisplayName("Loads, unloads and the close of a host")
class ModulesLincheckTest {
  @Test
  @DisplayName("of two unloads of one module one runs; a load waits for an unload under way")
  void loadAgainstUnload() {
    unloads().check(Real.class);
  }

  @Test
  @DisplayName("an unload that looks whether the module is going, and then claims it")
  void plantedLookThenClaim() {
    assertThatThrownBy(() -> unloads().check(LookThenClaim.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  @DisplayName("no module is loaded once the host is closed, and none can be")
  void loadAgainstClose() {
    closes().check(RealClose.class);
  }

  @Test
  @DisplayName("a load that looks whether the host is being closed, and then begins")
  void plantedLookThenLoad() {
    assertThatThrownBy(() -> closes().check(LookThenLoad.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions unloads() {
    return Schedules.named(60)
        .addCustomScenario(Schedules.scenario(Real.class, "load", "unload", "unload", "unload"))
        .addCustomScenario(Schedules.scenario(Real.class, "load", "unload", "load", "unload"))
        .sequentialSpecification(Loading.class);
  }

  private static ModelCheckingOptions closes() {
    return Schedules.named(40)
        .addCustomScenario(Schedules.scenario(RealClose.class, "", "load", "close", "close"))
        .sequentialSpecification(Closing.class);
  }

  /** One module, one call after the other. */
  public static final class Loading {
    private boolean loaded;

    public void load() {
      loaded = true;
    }

    public boolean unload() {
      boolean was = loaded;
      loaded = false;
      return was;
    }
  }

  /** One module and the host, one call after the other. */
  public static final class Closing {
    private boolean closed;

    public boolean load() {
      return !closed;
    }

    public int close() {
      closed = true;
      return 0;
    }
  }

  /** A host with one module. */
  abstract static class OneModule {
    private final AtomicInteger live = new AtomicInteger();
    private final Host host =
        Host.builder()
            .withoutDiscovery()
            .clock(new StoppedClock())
            .module(
                TestModule.of(
                    "m",
                    context -> {
                      live.incrementAndGet();
                      context.scope().onClose(live::decrementAndGet);
                    }))
            .keptBy(this::modules)
            .start();

    Modules modules(Host of, List<FoundModule> found) {
      return new Modules(of, found);
    }

    boolean tryLoad() {
      try {
        host.modules().modprobe("m");
        return true;
      } catch (ErrnoException refusal) {
        return false;
      }
    }

    boolean tryUnload() {
      try {
        host.modules().rmmod("m");
        return true;
      } catch (ErrnoException refusal) {
        return false;
      }
    }

    /** Closes the host and says how many loads it has left. */
    int tryClose() {
      host.close();
      return live.get() + host.modules().loaded().size();
    }
  }

  /** The modules themselves. */
  public static class Real extends OneModule {
    @Operation
    public void load() {
      var _ = tryLoad();
    }

    @Operation
    public boolean unload() {
      return tryUnload();
    }
  }

  /** The same, claimed in two steps where there must be one. */
  public static final class LookThenClaim extends Real {
    @Override
    Modules modules(Host of, List<FoundModule> found) {
      return new Modules(of, found) {
        @Override
        boolean claimUnload(LoadedModule module) {
          if (module.isGoing() || module.users() > 0) {
            return false;
          }
          var _ = module.forceUnload();
          return true;
        }
      };
    }
  }

  /** The host itself. */
  public static class RealClose extends OneModule {
    @Operation
    public boolean load() {
      return tryLoad();
    }

    @Operation
    public int close() {
      return tryClose();
    }
  }

  /** The same, with loads that nothing waits for. */
  public static final class LookThenLoad extends RealClose {
    @Override
    Modules modules(Host of, List<FoundModule> found) {
      return new Modules(of, found) {
        @Override
        boolean enterLoad() {
          return !isClosing();
        }

        @Override
        void leaveLoad() {}
      };
    }
  }

  /** Time does not pass. */
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
