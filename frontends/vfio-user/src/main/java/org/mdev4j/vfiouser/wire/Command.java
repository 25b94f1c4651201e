package org.mdev4j.vfiouser.wire;

/** The numbers of the commands ({@code spec/vfio-user.md} 3). */
public final class Command {
  public static final int VERSION = 1;
  public static final int DMA_MAP = 2;
  public static final int DMA_UNMAP = 3;
  public static final int DEVICE_GET_INFO = 4;
  public static final int DEVICE_GET_REGION_INFO = 5;
  public static final int DEVICE_GET_REGION_IO_FDS = 6;
  public static final int DEVICE_GET_IRQ_INFO = 7;
  public static final int DEVICE_SET_IRQS = 8;
  public static final int REGION_READ = 9;
  public static final int REGION_WRITE = 10;
  public static final int DMA_READ = 11;
  public static final int DMA_WRITE = 12;
  public static final int DEVICE_RESET = 13;
  public static final int REGION_WRITE_MULTI = 15;
  public static final int DEVICE_FEATURE = 16;
  public static final int MIG_DATA_READ = 17;
  public static final int MIG_DATA_WRITE = 18;

  /** One more than the largest. */
  public static final int COUNT = 19;

  private Command() {}
}
