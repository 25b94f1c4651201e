package org.mdev4j.vfio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.DmaBuf;
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionCapability;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.UserBuffer;

/** Devices for tests of what a user can do with a device file, and the way to a group's number. */
final class ToyDevices {
  private ToyDevices() {}

  /** The number of the group of the toy device {@code name}. */
  static int group(VfioHost host, String name) {
    String link = host.link("/sys/devices/virtual/toy/" + name + "/iommu_group");
    return Integer.parseInt(link.substring(link.lastIndexOf('/') + 1));
  }

  /** A region of each kind, and interrupts; writes down each unit that reaches its registers. */
  static class Card extends ToyModel implements Resettable {
    static final int WORDS = 0;
    static final int LONGS = 1;
    static final int MEMORY = 2;
    static final int WHOLE = 3;
    static final int MISSING = 4;
    static final int READ_ONLY = 5;
    static final int SPARSE = 6;
    static final int REGIONS = 7;
    static final int SIZE = 64;
    static final int MEMORY_SIZE = 3 * 4096;

    final List<String> units = new CopyOnWriteArrayList<>();
    final MemorySegment memory = Arena.ofAuto().allocate(MEMORY_SIZE);
    volatile LongPredicate refused = offset -> false;
    volatile Runnable onUnit = () -> {};
    volatile Runnable onReset = () -> {};
    volatile List<RegionCapability> capabilities = List.of();
    volatile boolean announced = true;
    volatile @Nullable Interrupts interrupts;
    volatile Function<UserBuffer, Long> whole = UserBuffer::size;

    static long at(int region) {
      return (long) region << 40;
    }

    @Override
    public void open(DeviceContext context) {
      interrupts = context.interrupts();
      super.open(context);
    }

    @Override
    public int regionCount() {
      return REGIONS;
    }

    @Override
    public @Nullable Region region(int index) {
      int both = Region.READ | Region.WRITE;
      int mapped = both | Region.MMAP;
      return switch (index) {
        case WORDS -> new Region.Registers(SIZE, both, capabilities, 4, SIZE, new Units());
        case LONGS -> new Region.Registers(SIZE, both, List.of(), 8, SIZE, new Units());
        case MEMORY -> Region.memory(MEMORY_SIZE, () -> memory);
        case WHOLE -> new Region.Whole(SIZE, both, List.of(), new Wholes());
        case MISSING -> Region.ABSENT;
        case READ_ONLY -> new Region.Registers(SIZE, Region.READ, List.of(), 4, SIZE, new Units());
        case SPARSE -> new Region.Memory(MEMORY_SIZE, mapped, List.of(), new SecondPage());
        default -> null;
      };
    }

    @Override
    public List<IrqIndex> irqs() {
      return List.of(IrqIndex.intx(), IrqIndex.msi(4), IrqIndex.refused());
    }

    @Override
    public boolean announcesReset() {
      return announced;
    }

    @Override
    public void reset() {
      calls.add("reset");
      onReset.run();
    }

    private void unit(String direction, int width, long offset) {
      onUnit.run();
      if (refused.test(offset)) {
        throw new ErrnoException(Errno.EIO, "refused by a test");
      }
      units.add(direction + width + "@" + offset);
    }

    /** Each byte reads as its offset, a written value is written down with the unit. */
    private final class Units implements Region.RegisterAccess {
      @Override
      public long read(long offset, int width) {
        unit("r", width, offset);
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
          value = value << 8 | (offset + i) & 0xff;
        }
        return value;
      }

      @Override
      public void write(long offset, int width, long value) {
        unit("w", width, offset);
        units.add(Long.toHexString(value));
      }
    }

    private final class Wholes implements Region.WholeAccess {
      @Override
      public long read(long offset, UserBuffer destination) {
        units.add("R" + destination.size() + "@" + offset);
        return whole.apply(destination);
      }

      @Override
      public long write(long offset, UserBuffer source) {
        units.add("W" + source.size() + "@" + offset);
        return whole.apply(source);
      }
    }

    /** Only the second page may be mapped. */
    private final class SecondPage implements Region.MemoryAccess {
      @Override
      public MemorySegment segment() {
        return memory;
      }

      @Override
      public boolean isMappable(long offset, long length) {
        return offset >= 4096 && offset + length <= 8192;
      }
    }
  }

  /** A device with a display, and nothing else. */
  static final class Display extends ToyModel implements Graphics {
    final List<Integer> queried = new ArrayList<>();
    volatile Supplier<GfxPlane> shown =
        () -> new GfxPlane(GfxPlane.FORMAT_XRGB8888, 64, 48, 256, 256 * 48, 7);
    private final Handover handover;

    Display(Handover handover) {
      this.handover = handover;
    }

    @Override
    public Handover handover() {
      return handover;
    }

    @Override
    public GfxPlane plane(int planeType) {
      queried.add(planeType);
      return shown.get();
    }

    @Override
    public DmaBuf dmabuf(int id) {
      if (handover == Handover.REGION) {
        return Graphics.super.dmabuf(id);
      }
      if (id != 7) {
        throw new ErrnoException(Errno.ENOENT, "no picture " + id);
      }
      return new Picture();
    }
  }

  private static final class Picture implements DmaBuf {
    private final MemorySegment pixels = MemorySegment.ofArray(new byte[16]);

    @Override
    public MemorySegment segment() {
      return pixels;
    }

    @Override
    public void close() {}
  }
}
