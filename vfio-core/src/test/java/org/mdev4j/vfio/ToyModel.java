package org.mdev4j.vfio;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.VfioDevice;

/** A device model that writes down what it is told, and can be made to misbehave. */
class ToyModel implements VfioDevice {
  final List<String> calls = new CopyOnWriteArrayList<>();
  volatile Runnable onOpen = () -> {};
  volatile Runnable onClose = () -> {};
  volatile Runnable onRequest = () -> {};

  @Override
  public DeviceApi api() {
    return DeviceApi.PCI;
  }

  @Override
  public void open(DeviceContext context) {
    calls.add("open");
    onOpen.run();
  }

  @Override
  public void close() {
    calls.add("close");
    onClose.run();
  }

  @Override
  public void request(int count) {
    calls.add("request " + count);
    onRequest.run();
  }

  /** What it was asked, without open and close. */
  List<String> requests() {
    return calls.stream().filter(call -> call.startsWith("request")).toList();
  }

  void awaitRequest(int count) {
    await().atMost(Background.LIMIT).until(() -> calls.contains("request " + count));
  }
}
