package org.mdev4j.samples.mtty;

import org.junit.jupiter.api.Nested;
import org.mdev4j.testkit.contract.DriverContract;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.vfio.irq.EventCounter;

/** The contract, with everything that ports can be connected to. */
class ContractTest {
  @Nested
  class Loopback extends OnBackend {
    Loopback() {
      super(Backend.LOOPBACK);
    }
  }

  @Nested
  class NullModem extends OnBackend {
    NullModem() {
      super(Backend.NULL_MODEM);
    }
  }

  @Nested
  class Pty extends OnBackend {
    Pty() {
      super(Backend.PTY);
    }
  }

  private abstract static class OnBackend extends DriverContract {
    private static final int DATA_AND_STATUS_INTERRUPTS = 0x0f;

    private final Backend backend;

    OnBackend(Backend backend) {
      this.backend = backend;
    }

    @Override
    public DriverSetup driver() {
      return DriverSetup.of(new MttyModule()).with("backend", backend.text());
    }

    /** Sends a byte with interrupts on, so that a receiver's time-out runs. */
    @Override
    public void use(DeviceUser user) {
      EventCounter _ = user.trigger(OpenCard.INTX);
      user.write(user.at(0, UartBits.FCR), (byte) 0xc1);
      user.write(user.at(0, UartBits.IER), (byte) DATA_AND_STATUS_INTERRUPTS);
      user.write(user.at(0, UartBits.THR), (byte) 'x');
    }

    /** The recorded card does: beyond the registers there are zeros. */
    @Override
    public boolean answersBeyondRegions() {
      return true;
    }
  }
}
