package org.mdev4j.ap.bus;

import java.util.List;
import java.util.function.Function;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.hardware.ApHardware;
import org.mdev4j.device.Bus;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;

/** The files of {@code /sys/bus/ap} ({@code spec/ap.md} 12.1). */
final class BusAttributes {
  static final int DEFAULT_SCAN_SECONDS = 30;

  private static final int LEAST_SCAN_SECONDS = 5;
  private static final int MOST_SCAN_SECONDS = 120;

  private final ApCore core;
  private final ApHardware hardware;
  private final BusScan scan;

  BusAttributes(ApCore core, ApHardware hardware, BusScan scan) {
    this.core = core;
    this.hardware = hardware;
    this.scan = scan;
  }

  /** They go with the bus. */
  void addTo(Bus bus) {
    List.of(
            Attribute.readWrite("apmask", () -> core.reserved().apm(), core::changeApmask),
            Attribute.readWrite("aqmask", () -> core.reserved().aqm(), core::changeAqmask),
            Attribute.readOnly("ap_max_adapter_id", () -> hardware.configuration().maxAdapter()),
            Attribute.readOnly("ap_max_domain_id", () -> hardware.configuration().maxDomain()),
            mask("ap_adapter_mask", ApMatrix::apm),
            mask("ap_usage_domain_mask", ApMatrix::aqm),
            mask("ap_control_domain_mask", ApMatrix::adm),
            Attribute.readWrite("scans", scan::count, _ -> scan.run()),
            Attribute.readWrite("config_time", core::scanSeconds, this::storeScanSeconds),
            Attribute.readOnly("bindings", () -> bindings(bus)))
        .forEach(bus.directory()::addAttribute);
  }

  private Attribute mask(String name, Function<ApMatrix, ApMask> which) {
    return Attribute.readOnly(
        name,
        () -> {
          QciInfo qci = hardware.qci();
          return qci.available() ? which.apply(qci.matrix()) : "not supported";
        });
  }

  private String bindings(Bus bus) {
    var queues =
        bus.devices().stream().filter(each -> each.payloadIf(QueueDevice.class) != null).toList();
    long bound = queues.stream().filter(queue -> queue.driver() != null).count();
    boolean complete = scan.count() > 0 && bound == queues.size();
    return bound + "/" + queues.size() + (complete ? " (complete)" : "");
  }

  private void storeScanSeconds(String text) {
    String word = text.strip();
    int seconds = word.matches("[0-9]{1,3}") ? Integer.parseInt(word) : 0;
    if (seconds < LEAST_SCAN_SECONDS || seconds > MOST_SCAN_SECONDS) {
      throw new ErrnoException(
          Errno.EINVAL,
          "config_time takes seconds from "
              + LEAST_SCAN_SECONDS
              + " to "
              + MOST_SCAN_SECONDS
              + ", not '"
              + word
              + "'");
    }
    core.scanSeconds(seconds);
  }
}
