package org.mdev4j.driver.ap;

import org.mdev4j.testkit.host.DriverSetup;

/** The same when users can be asked to let go, as later kernels do. */
class RequestInterruptContractTest extends ContractTest {
  @Override
  public DriverSetup driver() {
    return super.driver().with("request_irq", "y");
  }
}
