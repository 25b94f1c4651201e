package ${package};

import org.mdev4j.testkit.contract.DriverContract;
import org.mdev4j.testkit.host.DriverSetup;

class ContractTest extends DriverContract {
  @Override
  public DriverSetup driver() {
    return DriverSetup.of(new ${className}Module());
  }
}
