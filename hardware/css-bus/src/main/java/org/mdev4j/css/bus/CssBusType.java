package org.mdev4j.css.bus;

import java.util.List;
import java.util.Locale;
import org.mdev4j.device.BusType;
import org.mdev4j.device.Device;
import org.mdev4j.device.RegisteredDriver;

/** The bus of subchannels. */
final class CssBusType implements BusType {
  @Override
  public String name() {
    return "css";
  }

  @Override
  public boolean match(Device device, RegisteredDriver driver) {
    CssSubchannel subchannel = device.payload(CssSubchannel.class);
    return subchannel.override().allows(driver.name())
        && driver.driver() instanceof CssDriverAdapter adapter
        && adapter.css().matches(subchannel.type());
  }

  @Override
  public List<String> uevent(Device device) {
    int type = device.payload(CssSubchannel.class).type();
    return List.of(String.format(Locale.ROOT, "ST=%X", type), "MODALIAS=" + modalias(type));
  }

  static String modalias(int type) {
    return String.format(Locale.ROOT, "css:t%X", type);
  }
}
