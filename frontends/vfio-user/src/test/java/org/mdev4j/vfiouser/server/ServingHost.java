package org.mdev4j.vfiouser.server;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.vfio.Type1Module;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioModule;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.VfioDevice;
import org.mdev4j.vfiouser.raw.RawClient;

/** A host with VFIO, devices that a test registers, and a folder for their sockets. */
public final class ServingHost implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(30);

  private final Toy toy = new Toy();
  final Host host;
  public final Path folder;

  public ServingHost() {
    host =
        Host.builder()
            .name("serving")
            .withoutDiscovery()
            .module(new VfioModule())
            .module(new Type1Module())
            .module(toy)
            .start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("toy");
    try {
      folder = Files.createTempDirectory("vfio-user");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public Vfio vfio() {
    return host.service(Vfio.class);
  }

  public VfioRegistration register(String name, VfioDevice model) {
    var device =
        toy.context.devices().add(DeviceSpec.named(name).in(toy.toys), toy.context.scope());
    VfioRegistration registration = vfio().register(device, model, toy.context.module(), List.of());
    return toy.context.scope().own(registration);
  }

  public VfioUserServer serve(String name, ServerLimits limits) {
    return VfioUserServer.start(vfio(), name, folder.resolve(name + ".sock"), limits);
  }

  /** Connects once the client before has been dealt with, which takes a moment. */
  static RawClient agreed(VfioUserServer server) {
    return RawClient.agreed(server.path());
  }

  /** Waits for something that happens after the test's own action. */
  static void eventually(java.util.concurrent.Callable<Boolean> condition) {
    await().atMost(LIMIT).pollInterval(Duration.ofMillis(2)).until(condition);
  }

  @Override
  public void close() {
    host.close();
    try {
      try (var left = Files.list(folder)) {
        left.forEach(each -> each.toFile().delete());
      }
      Files.delete(folder);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static final class Toy implements DriverModule {
    private DeviceClass toys;
    private ModuleContext context;

    @Override
    public String name() {
      return "toy";
    }

    @Override
    public Set<String> requires() {
      return Set.of("vfio");
    }

    @Override
    public void load(ModuleContext itsContext) {
      toys = itsContext.scope().own(itsContext.devices().registerClass("toy"));
      context = itsContext;
    }
  }
}
