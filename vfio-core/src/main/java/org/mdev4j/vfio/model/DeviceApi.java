package org.mdev4j.vfio.model;

/**
 * The kinds of VFIO device that user space knows, with the string that {@code device_api} shows and
 * the flag that GET_INFO sets ({@code include/uapi/linux/vfio.h}).
 */
public enum DeviceApi {
  PCI("vfio-pci", 0x02),
  PLATFORM("vfio-platform", 0x04),
  AMBA("vfio-amba", 0x08),
  CCW("vfio-ccw", 0x10),
  AP("vfio-ap", 0x20);

  private final String text;
  private final int flag;

  DeviceApi(String text, int flag) {
    this.text = text;
    this.flag = flag;
  }

  /** The string that mediated devices' types show. */
  public String text() {
    return text;
  }

  /** The bit in the flags of GET_INFO. */
  public int flag() {
    return flag;
  }
}
