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
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;

/** The host loses a domain while a guest opens and closes the device, all interleavings. */
@DisplayName("ap 8, 9: hot plug against open")
class HotPlugLincheckTest {
  @Test
  @DisplayName("a guest never has what its device has lost")
  void open() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("an open under locks that hot plug does not share is found out")
  void plantedOpen() {
    assertThatThrownBy(() -> options().check(LocksOfItsOwn.class))
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

    Device(MatrixLocks ofDevice, MatrixLocks ofHotPlug) {
      locks = ofHotPlug;
      List<MatrixMdev> mdevs = new ArrayList<>();
      mdev = new MatrixMdev("device", new BareHost(ofDevice, mdevs));
      mdevs.add(mdev);
      mdev.assign(CONTROL_DOMAIN);
      mdev.filterControlDomains();
    }

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

  /** Under the locks of the host. */
  public static final class Real extends Device {
    public Real() {
      this(new MatrixLocks(new ReentrantLock()));
    }

    private Real(MatrixLocks shared) {
      super(shared, shared);
    }
  }

  /** The planted bug. */
  public static final class LocksOfItsOwn extends Device {
    public LocksOfItsOwn() {
      super(new MatrixLocks(new ReentrantLock()), new MatrixLocks(new ReentrantLock()));
    }
  }
}
