package org.mdev4j.ap.bus;

import java.util.List;
import java.util.Locale;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.ap.hardware.ApHardware;
import org.mdev4j.ap.hardware.QueueState;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * A card on the bus.
 *
 * @param adapter its number
 * @param facts what its first queue told of it
 * @param hardware the machine
 */
record CardDevice(int adapter, TestedQueue facts, ApHardware hardware) {
  String name() {
    return String.format(Locale.ROOT, "card%02x", adapter);
  }

  int type() {
    return facts.type();
  }

  AttributeGroup attributes() {
    return AttributeGroup.of(
        "",
        Attribute.readOnly("hwtype", this::type),
        Attribute.readOnly(
            "ap_functions", () -> String.format(Locale.ROOT, "0x%08X", facts.functions())),
        Attribute.readOnly("depth", facts::depth),
        Attribute.readOnly(
            "request_count", () -> queues().stream().mapToLong(QueueState::requests).sum()),
        Attribute.readOnly("modalias", () -> String.format(Locale.ROOT, "ap:t%02X", type())),
        Attribute.readWrite(
            "config",
            () -> queues().stream().anyMatch(QueueState::configured) ? 1 : 0,
            text -> hardware.setConfigured(adapter, isOne(text))));
  }

  private List<QueueState> queues() {
    return hardware.configuration().matrix().aqm().numbers().stream()
        .map(domain -> hardware.state(new Apqn(adapter, domain)))
        .toList();
  }

  private static boolean isOne(String text) {
    String word = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (!word.equals("0") && !word.equals("1")) {
      throw new ErrnoException(Errno.EINVAL, "config takes 0 or 1, not '" + word + "'");
    }
    return word.equals("1");
  }
}
