package org.mdev4j.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * A device with 64 registers of 4 bytes and one message interrupt. A write of the last register
 * makes it do what a benchmark wants of it.
 */
final class ToyModel implements VfioDevice, Region.RegisterAccess {
  private static final int REGISTERS = 64;
  private static final int DOORBELL = REGISTERS - 1;

  private final int[] registers = new int[REGISTERS];
  private final Region region = Region.registers(4 * REGISTERS, this);
  private final Published<ToyModel> published = new Published<>();
  private volatile @Nullable DeviceContext context;
  private volatile Runnable doorbell = () -> {};

  /** Where callbacks find it. */
  Published<ToyModel> published() {
    return published;
  }

  @Override
  public DeviceApi api() {
    return DeviceApi.PCI;
  }

  @Override
  public int regionCount() {
    return 1;
  }

  @Override
  public @Nullable Region region(int index) {
    return index == 0 ? region : null;
  }

  @Override
  public List<IrqIndex> irqs() {
    return List.of(IrqIndex.msi(1));
  }

  @Override
  public void open(DeviceContext given) {
    context = given;
  }

  @Override
  public void close() {
    context = null;
  }

  /** What the open device may use. */
  DeviceContext context() {
    DeviceContext current = context;
    if (current == null) {
      throw new IllegalStateException("the device is not open");
    }
    return current;
  }

  @Override
  public long read(long offset, int width) {
    return registers[(int) offset >> 2];
  }

  @Override
  public void write(long offset, int width, long value) {
    int number = (int) offset >> 2;
    registers[number] = (int) value;
    if (number == DOORBELL) {
      doorbell.run();
    }
  }

  /** Runs {@code action} at each write of the last register, on the thread that writes. */
  void onDoorbell(Runnable action) {
    doorbell = action;
  }
}
