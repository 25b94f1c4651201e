package ${package};

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * A counter with one register of 4 bytes. A write adds one and interrupts; a read tells how many
 * writes there were since the device was opened.
 *
 * <p>Thread-safe: the monitor guards the count and the user.
 */
final class ${className}Device implements VfioDevice, Region.RegisterAccess {
  private static final int REGISTER_BYTES = 4;

  private final Region register = Region.registers(REGISTER_BYTES, this);
  private @Nullable DeviceContext user;
  private int count;

  @Override
  public DeviceApi api() {
    return DeviceApi.PLATFORM;
  }

  @Override
  public int regionCount() {
    return 1;
  }

  @Override
  public @Nullable Region region(int index) {
    return index == 0 ? register : null;
  }

  @Override
  public List<IrqIndex> irqs() {
    return List.of(IrqIndex.notification());
  }

  @Override
  public synchronized void open(DeviceContext context) {
    user = context;
    count = 0;
  }

  @Override
  public synchronized void close() {
    user = null;
  }

  @Override
  public synchronized long read(long offset, int width) {
    return count >>> (int) offset * Byte.SIZE;
  }

  @Override
  public synchronized void write(long offset, int width, long value) {
    count++;
    if (user != null) {
      user.interrupts().signal(0, 0);
    }
  }
}
