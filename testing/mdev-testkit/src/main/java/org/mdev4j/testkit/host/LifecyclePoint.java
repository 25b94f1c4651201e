package org.mdev4j.testkit.host;

/**
 * The steps in a device's life at which the cores can be watched, failed and held up, in the order
 * in which they come. Each is passed when the step begins.
 */
public enum LifecyclePoint {
  /** The UUID is listed and the instance taken; nothing is in the tree yet. */
  CREATE("mdev_create"),
  /** The driver's probe is about to be called. */
  PROBE("mdev_probe"),
  /** The driver hands something to the scope that its probe was given. */
  OWN("mdev_own"),
  /** Host memory is about to get an address: somebody allocates, or pins. */
  HOST_MEMORY("host_memory"),
  /** Probe has returned; its model is about to be registered. */
  REGISTER("vfio_register"),
  /** The model's open is about to be called. */
  OPEN("vfio_open"),
  /** The user is asked to let go. */
  REQUEST("vfio_request"),
  /** The model's close is about to be called. It can't be made to fail. */
  CLOSE("vfio_close"),
  /** The VFIO device is about to be unregistered. It can't be made to fail. */
  UNREGISTER("vfio_unregister"),
  /** The device is gone and its instance given back. It can't be made to fail. */
  RELEASE("mdev_release");

  private final String word;

  LifecyclePoint(String word) {
    this.word = word;
  }

  /** The name under which the cores know it. */
  String word() {
    return word;
  }
}
