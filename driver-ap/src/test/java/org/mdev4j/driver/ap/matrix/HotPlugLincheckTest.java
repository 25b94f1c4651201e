// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ap.matrix;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.vfio.model.DeviceContext;

/** The host loses a domain while a guest opens and closes the device, all interleavings. */
@DisplayName("ap 8, 9: hot plug against open")
class HotPlugLincheckTest {
  @Test
  @DisplayName("a guest never has what its device has lost")
  void open() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("an open that looks at the matrix, and then takes the locks, is found out")
  void plantedOpen() {
    assertThatThrownBy(() -> options().check(LoadsWithoutLocks.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .iterations(2 * Integer.getInteger("interleavings.factor", 1))
        .invocationsPerIteration(100)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(0)
        .sequentialSpecification(Sequential.class);
  }

  /** What it is to look like. */
  public static final class Sequential {
    public String openAndClose() {
      return "in step";
    }

    public String lose() {
      return "in step";
    }
  }

  /** A device with one control domain, which is opened again and again. */
  abstract static class Device {
    private static final ApMatrix CONTROL_DOMAIN =
        new ApMatrix(ApMask.NONE, ApMask.NONE, ApMask.of(4));

    private final MatrixLocks locks;
    private final StubGuest guest = new StubGuest();
    private final MatrixMdev mdev;

    Device() {
      locks = new MatrixLocks(new ReentrantLock());
      List<MatrixMdev> mdevs = new ArrayList<>();
      mdev = make(new BareHost(locks, mdevs));
      mdevs.add(mdev);
      mdev.assign(CONTROL_DOMAIN);
      mdev.filterControlDomains();
    }

    abstract MatrixMdev make(MatrixHost host);

    /** VFIO opens and closes a device for one user at a time. */
    @Operation(nonParallelGroup = "user")
    public String openAndClose() {
      mdev.open(new StubUser(guest));
      String seen = compare();
      mdev.close();
      return guest.masks().isEmpty() ? seen : "closed, and the guest has " + guest.masks();
    }

    /** As the driver of queues does it. */
    @Operation
    public String lose() {
      try (var _ = locks.guests();
          var _ = locks.guest(mdev.guest());
          var _ = locks.mdevs()) {
        mdev.hostLost(CONTROL_DOMAIN);
      }
      return "in step";
    }

    private String compare() {
      try (var _ = locks.guests()) {
        boolean inStep = guest.masks().equals(mdev.guestMatrix());
        return inStep ? "in step" : "the guest has " + guest.masks() + " of " + mdev.guestMatrix();
      }
    }
  }

  /** The device itself. */
  public static final class Real extends Device {
    @Override
    MatrixMdev make(MatrixHost host) {
      return new MatrixMdev("real", host);
    }
  }

  /** The planted bug: what the guest is to have is loaded before the locks are taken. */
  public static final class LoadsWithoutLocks extends Device {
    @Override
    MatrixMdev make(MatrixHost host) {
      return new MatrixMdev("planted", host) {
        @Override
        void attach(DeviceContext context, ApGuest opener, boolean attaches) {
          opener.load(guestMatrix());
          try (var _ = host.locks().guests();
              var _ = host.locks().guest(opener);
              var _ = host.locks().mdevs()) {
            attached(context, opener);
          }
        }
      };
    }
  }
}
