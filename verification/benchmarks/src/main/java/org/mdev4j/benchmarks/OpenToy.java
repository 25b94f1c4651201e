package org.mdev4j.benchmarks;

import java.util.UUID;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.model.DeviceContext;

/** The one device of a host of its own, opened as users open one. */
final class OpenToy implements AutoCloseable {
  private static final int TYPE1_V2 = 3;
  private static final String USER = "benchmark";

  private final Scope scope = new Scope(USER);
  private final ToyModel model;
  private final DmaSpace iommu;
  private final DeviceFile file;

  OpenToy() {
    ToyHost toys = scope.own(new ToyHost());
    UUID uuid = toys.create();
    model = toys.model(uuid);
    Vfio vfio = toys.host().service(Vfio.class);
    String link = "/sys/bus/mdev/devices/%s/iommu_group".formatted(uuid);
    int number = Integer.parseInt(toys.host().tree().resolve(link).name());
    GroupFile group = scope.own(vfio.openGroup(number, USER));
    Container container = scope.own(vfio.openContainer(USER));
    group.setContainer(container);
    container.setIommu(TYPE1_V2);
    iommu = container.iommu();
    file = scope.own(group.openDevice(uuid.toString()));
  }

  DeviceFile file() {
    return file;
  }

  /** The user's address space. */
  DmaSpace iommu() {
    return iommu;
  }

  /** What the model sees. */
  DeviceContext context() {
    return model.context();
  }

  ToyModel model() {
    return model;
  }

  @Override
  public void close() {
    scope.close();
  }
}
