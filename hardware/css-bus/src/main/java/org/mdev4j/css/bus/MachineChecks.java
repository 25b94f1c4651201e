package org.mdev4j.css.bus;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Crw;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.host.WorkQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes channel reports, one after the other, and tells whom they concern.
 *
 * <p>An overflow has everything looked at again. Solicited reports about paths are answers to
 * somebody and go no further; of the others "initialised" and "installed parameters initialised"
 * mean that a path is back, the two permanent errors that it is lost, the rest nothing.
 */
final class MachineChecks {
  private static final Logger log = LoggerFactory.getLogger(MachineChecks.class);

  private final CssCore core;
  private final WorkQueue queue;

  MachineChecks(CssCore core, WorkQueue queue) {
    this.core = core;
    this.queue = queue;
  }

  void report(List<Crw> reports) {
    queue.submit(() -> handle(reports));
  }

  void flush() {
    queue.flush();
  }

  private void handle(List<Crw> reports) {
    for (int i = 0; i < reports.size(); i++) {
      Crw first = reports.get(i);
      Crw second = null;
      if (first.has(Crw.CHAINED) && i + 1 < reports.size()) {
        second = reports.get(++i);
      }
      log.debug("machine check {} {}", first, second);
      handle(first, second);
    }
  }

  private void handle(Crw first, @Nullable Crw second) {
    if (first.has(Crw.OVERFLOW)) {
      core.evaluateAll();
      return;
    }
    switch (first.rsc()) {
      case Crw.RSC_SUBCHANNEL -> {
        int ssid = second == null ? 0 : second.rsid() >>> 4 & 3;
        core.evaluate(new SubchannelId(ssid, first.rsid()));
      }
      case Crw.RSC_PATH -> {
        if (!first.has(Crw.SOLICITED)) {
          path(first);
        }
      }
      default -> log.info("{}: nobody handles reporting source {}", first, first.rsc());
    }
  }

  private void path(Crw report) {
    int chpid = report.rsid() & 0xFF;
    switch (report.erc()) {
      case Crw.ERC_INIT, Crw.ERC_IPARM -> core.tell(chpid, PathEvent.ONLINE);
      case Crw.ERC_PERRN, Crw.ERC_PERRI -> core.tell(chpid, PathEvent.OFFLINE);
      default -> log.info("{}: error-recovery code {} means nothing", report, report.erc());
    }
  }
}
