package org.mdev4j.vfio;

/**
 * What GET_INFO tells of a device.
 *
 * @param flags kind of device, and {@link #RESET}
 * @param regions the highest region index and one
 * @param irqs the highest interrupt index and one
 */
public record DeviceInfo(int flags, int regions, int irqs) {
  /** The device can be reset. */
  public static final int RESET = 1;
}
