package org.mdev4j.css.bus;

import java.util.Locale;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

/** The attributes that every subchannel has, whoever drives it. */
final class SubchannelAttributes {
  private SubchannelAttributes() {}

  static AttributeGroup of(CssSubchannel subchannel) {
    return AttributeGroup.of(
        "",
        Attribute.readOnly("type", () -> String.format(Locale.ROOT, "%01x", subchannel.type())),
        Attribute.readOnly("modalias", () -> CssBusType.modalias(subchannel.type())),
        subchannel.override().attribute(),
        Attribute.readOnly("chpids", () -> chpids(pmcw(subchannel))),
        Attribute.readOnly("pimpampom", () -> masks(pmcw(subchannel))),
        Attribute.readOnly("dev_busid", () -> deviceBusId(subchannel)));
  }

  private static Pmcw pmcw(CssSubchannel subchannel) {
    Schib now = subchannel.stsch();
    return (now == null ? subchannel.schib() : now).pmcw();
  }

  private static String chpids(Pmcw pmcw) {
    StringBuilder text = new StringBuilder();
    for (int path = 0; path < 8; path++) {
      int chpid = (pmcw.pim() & 0x80 >> path) == 0 ? 0 : pmcw.chpid(path);
      text.append(String.format(Locale.ROOT, "%02x ", chpid));
    }
    return text.toString();
  }

  private static String masks(Pmcw pmcw) {
    return String.format(Locale.ROOT, "%02x %02x %02x", pmcw.pim(), pmcw.pam(), pmcw.pom());
  }

  private static String deviceBusId(CssSubchannel subchannel) {
    Pmcw pmcw = pmcw(subchannel);
    return pmcw.has(Pmcw.VALID)
        ? String.format(Locale.ROOT, "0.%x.%04x", subchannel.id().ssid(), pmcw.deviceNumber())
        : "none";
  }
}
