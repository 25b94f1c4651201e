package org.mdev4j.mdev;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.VfioDevice;

/** A device model that only writes down what it is told. */
final class ToyModel implements VfioDevice {
  final String name;
  final List<String> calls = new CopyOnWriteArrayList<>();
  private final DeviceApi api;

  ToyModel(String name) {
    this(name, DeviceApi.PCI);
  }

  ToyModel(String name, DeviceApi api) {
    this.name = name;
    this.api = api;
  }

  @Override
  public DeviceApi api() {
    return api;
  }

  @Override
  public void open(DeviceContext context) {
    calls.add("open");
  }

  @Override
  public void close() {
    calls.add("close");
  }

  @Override
  public void request(int count) {
    calls.add("request " + count);
  }

  /** Waits until somebody wants the device back: from then on it is being unregistered. */
  void awaitRequest() {
    await().atMost(Background.LIMIT).until(() -> calls.contains("request 0"));
  }
}
