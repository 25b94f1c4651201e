package org.mdev4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.bus.CssModule;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.driver.ccw.VfioCcwModule;
import org.mdev4j.mdev.MdevModule;
import org.mdev4j.sim.css.CssMachines;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Type1Module;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioModule;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;

/**
 * A subchannel of a host of its own, opened through vfio-ccw. Behind it is a device that brings 64
 * KiB to a read, and takes no time for it. Used by one thread.
 */
final class OpenCcw implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int TYPE1_V2 = 3;
  private static final int REQUEST_SIZE = 24;
  private static final String USER = "benchmark";
  private static final String SUBCHANNEL = "/sys/bus/css/devices/0.0.0000";
  private static final String MACHINE =
      """
      {"subchannels": [{"number": "0000", "device": "0200", "chpids": ["20"], "kind": "test",
                        "commands": {"02": {"data": "%s"}}}]}
      """
          .formatted("a5".repeat(1 << 16));

  private final Scope scope = new Scope(USER);
  private final CcwGuest guest = new CcwGuest();
  private final EventCounter interrupts = new EventCounter();
  private final DeviceFile file;

  OpenCcw() {
    Host host =
        scope.own(
            Host.builder()
                .name("benchmark")
                .machine(CssMachines.of("benchmark", MACHINE))
                .withoutDiscovery()
                .module(new VfioModule())
                .module(new Type1Module())
                .module(new MdevModule())
                .module(new CssModule())
                .module(new VfioCcwModule())
                .start());
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("vfio_ccw");
    write(host, SUBCHANNEL + "/driver_override", "vfio_ccw");
    write(host, SUBCHANNEL + "/driver/unbind", "0.0.0000");
    write(host, "/sys/bus/css/drivers/vfio_ccw/bind", "0.0.0000");
    String uuid = new UUID(0x4000, 0x8000_0000_0000_0000L).toString();
    write(host, SUBCHANNEL + "/mdev_supported_types/vfio_ccw-io/create", uuid);
    Vfio vfio = host.service(Vfio.class);
    String link = "/sys/bus/mdev/devices/%s/iommu_group".formatted(uuid);
    int number = Integer.parseInt(host.tree().resolve(link).name());
    GroupFile group = scope.own(vfio.openGroup(number, USER));
    Container container = scope.own(vfio.openContainer(USER));
    group.setContainer(container);
    container.setIommu(TYPE1_V2);
    guest.map(container.iommu());
    file = scope.own(group.openDevice(uuid));
    int flags = IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER;
    file.setIrqs(new IrqSet(24, flags, 0, 0, 1, new byte[0], List.of(() -> interrupts)));
  }

  CcwGuest guest() {
    return guest;
  }

  /** What starts the program of an ORB. */
  static MemorySegment request(Orb orb) {
    MemorySegment request = MemorySegment.ofArray(new byte[REQUEST_SIZE]);
    orb.writeTo(request);
    BigEndian.word(request, Orb.SIZE, Scsw.START);
    return request;
  }

  /** Starts a program and waits for its interrupt. */
  long run(MemorySegment request) throws InterruptedException {
    file.write(0, request);
    if (!interrupts.await(LIMIT)) {
      throw new IllegalStateException("no interrupt");
    }
    return interrupts.take();
  }

  /** Device and subchannel status of the program that has ended. */
  int status() {
    MemorySegment status = MemorySegment.ofArray(new byte[4]);
    file.read(REQUEST_SIZE + 8, status);
    return BigEndian.word(status, 0) >>> 16;
  }

  @Override
  public void close() {
    scope.close();
  }

  private static void write(Host host, String path, String text) {
    try {
      Files.writeString(host.path(path), text, StandardOpenOption.WRITE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
