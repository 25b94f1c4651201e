package org.mdev4j.driver.ccw;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.sim.css.CssMachines;
import org.mdev4j.testkit.contract.DriverContract;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.TestHost;

class ContractTest extends DriverContract {
  private static final String SUBCHANNEL = "0.0.0000";
  private static final String MACHINE =
      """
      {"subchannels": [
         {"number": "0000", "device": "0200", "chpids": ["20"], "kind": "test",
          "commands": {"02": {"data": "0102030405060708"}}}]}
      """;

  @Override
  public DriverSetup driver() {
    return DriverSetup.of(new VfioCcwModule())
        .on(CssMachines.of("contract", MACHINE))
        .prepared(ContractTest::bind);
  }

  private static void bind(TestHost host) {
    host.host().service(ChannelSubsystem.class).settle();
    String device = "/sys/bus/css/devices/" + SUBCHANNEL;
    host.write(device + "/driver_override", "vfio_ccw");
    if (host.exists(device + "/driver")) {
      host.write(device + "/driver/unbind", SUBCHANNEL);
    }
    if (!host.exists(device + "/mdev_supported_types")) {
      host.write("/sys/bus/css/drivers/vfio_ccw/bind", SUBCHANNEL);
    }
  }

  /** Starts a program at the begin of the user's memory that reads from the device. */
  @Override
  public void use(DeviceUser user) {
    var _ = user.trigger(0);
    Ccw read = new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 8, CcwUser.IOVA + 0x1000);
    MemorySegment program = MemorySegment.ofArray(new byte[8]);
    BigEndian.doubleword(program, 0, read.toFormat1());
    user.memory().write(0, program);
    user.write(CcwUser.IO, CcwUser.request(CcwUser.orb(CcwUser.IOVA), Scsw.START));
  }

  /** The subchannel's own view of the last start. */
  @Override
  public boolean showsHardware(int region) {
    return region == 2;
  }

  /** The areas that take requests refuse what is none. */
  @Override
  public boolean refusesWrites(int region) {
    return true;
  }

  /** A reset is about the subchannel; what the user wrote into its own areas stays. */
  @Override
  public boolean resetKeeps(int region) {
    return true;
  }
}
