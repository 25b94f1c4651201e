package org.mdev4j.ap.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.ap.hardware.ApHardware;
import org.mdev4j.device.Bus;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.DriverCore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scanning the bus ({@code spec/ap.md} 8): reads the configuration and tells drivers that it has
 * changed; removes the devices that are gone and adds those that have come; tells drivers that this
 * is done.
 *
 * <h2>Thread safety</h2>
 *
 * One scan at a time; the lock guards everything here. Drivers are called with it held, and
 * whatever locks they have come after it.
 */
final class BusScan {
  private static final Logger log = LoggerFactory.getLogger(BusScan.class);

  private final ApHardware hardware;
  private final DriverCore core;
  private final Bus bus;
  private final Device root;
  private final Supplier<List<ApDriver>> drivers;
  private final ReentrantLock lock = new ReentrantLock();
  private final NavigableMap<Integer, Device> cards = new TreeMap<>();
  private final NavigableMap<Apqn, Device> queues = new TreeMap<>();
  private QciInfo known;
  private final AtomicLong scans = new AtomicLong();

  BusScan(
      ApHardware hardware,
      DriverCore core,
      Bus bus,
      Device root,
      Supplier<List<ApDriver>> drivers) {
    this.hardware = hardware;
    this.core = core;
    this.bus = bus;
    this.root = root;
    this.drivers = drivers;
    known = hardware.qci();
  }

  /** How many scans there were. */
  long count() {
    return scans.get();
  }

  void run() {
    lock.lock();
    try {
      QciInfo before = known;
      QciInfo now = hardware.qci();
      known = now;
      if (!now.equals(before)) {
        tell(driver -> driver.configChanged(now, before));
      }
      removeGone();
      addNew();
      if (!now.equals(before)) {
        tell(driver -> driver.scanComplete(now, before));
      }
      scans.incrementAndGet();
    } finally {
      lock.unlock();
    }
  }

  /** Removes all devices. */
  void removeAll() {
    lock.lock();
    try {
      queues.values().forEach(core::remove);
      queues.clear();
      cards.values().forEach(core::remove);
      cards.clear();
    } finally {
      lock.unlock();
    }
  }

  private void tell(Consumer<ApDriver> notice) {
    for (ApDriver driver : drivers.get()) {
      try {
        notice.accept(driver);
      } catch (RuntimeException failure) {
        // A notice can't be refused, and the others still have to hear of it.
        log.error("driver {} failed at a notice of the scan", driver.name(), failure);
      }
    }
  }

  private void removeGone() {
    List<Apqn> goneQueues = new ArrayList<>();
    queues.forEach(
        (apqn, device) -> {
          TestedQueue tested = hardware.tapq(apqn);
          if (!isThere(tested) || tested.type() != device.payload(QueueDevice.class).type()) {
            goneQueues.add(apqn);
          }
        });
    goneQueues.forEach(apqn -> core.remove(known(queues.remove(apqn))));
    List<Integer> goneCards = new ArrayList<>();
    for (int adapter : cards.keySet()) {
      if (queues.keySet().stream().noneMatch(apqn -> apqn.adapter() == adapter)) {
        goneCards.add(adapter);
      }
    }
    goneCards.forEach(adapter -> core.remove(known(cards.remove(adapter))));
  }

  private void addNew() {
    for (Apqn apqn : possible().queues()) {
      if (queues.containsKey(apqn)) {
        continue;
      }
      TestedQueue tested = hardware.tapq(apqn);
      if (!isThere(tested)) {
        continue;
      }
      Device card = cards.get(apqn.adapter());
      if (card == null) {
        card = addCard(apqn.adapter(), tested);
        cards.put(apqn.adapter(), card);
      }
      QueueDevice queue = new QueueDevice(apqn, tested.type(), hardware);
      queues.put(
          apqn,
          core.add(
              DeviceSpec.named(apqn.toString())
                  .below(card)
                  .on(bus)
                  .with(queue.attributes())
                  .carrying(queue)));
    }
  }

  private Device addCard(int adapter, TestedQueue tested) {
    CardDevice card = new CardDevice(adapter, tested, hardware);
    return core.add(
        DeviceSpec.named(card.name()).below(root).on(bus).with(card.attributes()).carrying(card));
  }

  /** Where a queue may be: what QCI tells, else every number that there is without APXA. */
  private ApMatrix possible() {
    return known.available()
        ? known.matrix()
        : ApMatrix.ofQueues(
            ApMask.first(known.maxAdapter() + 1), ApMask.first(known.maxDomain() + 1));
  }

  private static boolean isThere(TestedQueue tested) {
    return tested.status().response() != ResponseCode.NOT_AVAILABLE && tested.gr2() != 0;
  }

  private static Device known(@Nullable Device device) {
    return Objects.requireNonNull(device);
  }
}
