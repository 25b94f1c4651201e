package org.mdev4j.vfiouser.server;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.migration.MigrationFeatures;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.migration.MigrationState;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.Migratable;
import org.mdev4j.vfio.model.PinsMemory;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionCapability;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.SharedMemory;
import org.mdev4j.vfio.model.VfioDevice;
import org.mdev4j.vfio.pci.MemoryBar;

/**
 * The device of the conformance list's fixture: BAR 0 registers that do DMA, BAR 1 plain, BAR 2
 * mappable in two areas, BAR 3 read-only, BAR 4 mappable as a whole, configuration space of 256
 * bytes; one INTx, 2048 MSI-X, ERR and REQ; it can be reset and migrated.
 *
 * <p>BAR 0: a write of 8 bytes at 0 sets an address, one of 4 at 8 makes it write that word there,
 * a read of 4 at 8 reads a word from there; a write at 16 drives its line, at 20 signals an MSI-X,
 * and at 24 makes it read a page from there, as many times as are written.
 */
public class ServedDevice implements VfioDevice, Resettable, Migratable, PinsMemory {
  static final int DMA_BAR = 0;
  static final int PLAIN_BAR = 1;
  static final int SPARSE_BAR = 2;
  static final int READ_ONLY_BAR = 3;
  static final int MAPPED_BAR = 4;
  static final int CONFIG = 7;
  static final int INTX = 0;
  static final int MSIX = 2;
  static final int ERR = 3;
  static final int REQ = 4;
  static final int REGIONS = 9;

  final List<String> calls = new CopyOnWriteArrayList<>();
  final MemoryBar sparse = new MemoryBar("sparse", 0x8000);
  final MemoryBar mapped = new MemoryBar("mapped", 0x4000);
  final Stateful migration = new Stateful();
  private final Region[] regions = new Region[REGIONS];
  private final byte[] plain = new byte[4096];
  private final byte[] config = new byte[256];
  volatile @Nullable DeviceContext context;
  volatile Runnable onUnmap = () -> {};
  private volatile long address;

  public ServedDevice() {
    java.util.Arrays.fill(regions, Region.ABSENT);
    regions[DMA_BAR] =
        new Region.Registers(64, Region.READ | Region.WRITE, List.of(), 8, 64, new Engine());
    regions[PLAIN_BAR] = new Region.Registers(4096, 3, List.of(), 8, 4096, new Array(plain));
    regions[SPARSE_BAR] =
        new Region.Memory(
            0x8000,
            7,
            List.of(
                new RegionCapability.SparseMmap(
                    List.of(
                        new RegionCapability.Area(0x2000, 0x1000),
                        new RegionCapability.Area(0x4000, 0x2000)))),
            sparse);
    regions[READ_ONLY_BAR] =
        new Region.Registers(256, Region.READ, List.of(), 4, 256, new Array(new byte[256]));
    regions[MAPPED_BAR] = mapped.region();
    regions[CONFIG] = Region.registers(256, new Array(config));
  }

  /** Bytes as registers. */
  private record Array(byte[] bytes) implements Region.RegisterAccess {
    @Override
    public synchronized long read(long offset, int width) {
      long value = 0;
      for (int i = width - 1; i >= 0; i--) {
        value = value << 8 | bytes[(int) offset + i] & 0xff;
      }
      return value;
    }

    @Override
    public synchronized void write(long offset, int width, long value) {
      for (int i = 0; i < width; i++) {
        bytes[(int) offset + i] = (byte) (value >>> 8 * i);
      }
    }
  }

  private final class Engine implements Region.RegisterAccess {
    @Override
    public long read(long offset, int width) {
      if (offset != 8) {
        return address;
      }
      byte[] word = new byte[4];
      context().dma().read(address, MemorySegment.ofArray(word));
      return java.nio.ByteBuffer.wrap(word).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt()
          & 0xffffffffL;
    }

    @Override
    public void write(long offset, int width, long value) {
      switch ((int) offset) {
        case 0 -> address = value;
        case 8 -> {
          byte[] word = {
            (byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24)
          };
          context().dma().write(address, MemorySegment.ofArray(word));
        }
        case 16 -> context().interrupts().line(value != 0);
        case 20 -> {
          var _ = context().interrupts().signal(MSIX, (int) value & 2047);
        }
        case 24 -> {
          MemorySegment page = MemorySegment.ofArray(new byte[4096]);
          for (int i = 0; i < value; i++) {
            context().dma().read(address, page);
          }
        }
        default -> {}
      }
    }
  }

  /** What the tests do as the device. */
  DeviceContext context() {
    DeviceContext current = context;
    if (current == null) {
      throw new IllegalStateException("not open");
    }
    return current;
  }

  @Override
  public DeviceApi api() {
    return DeviceApi.PCI;
  }

  @Override
  public int regionCount() {
    return REGIONS;
  }

  @Override
  public @Nullable Region region(int index) {
    return index < REGIONS ? regions[index] : null;
  }

  @Override
  public List<IrqIndex> irqs() {
    return List.of(
        IrqIndex.intx(),
        IrqIndex.none(),
        new IrqIndex(2048, IrqIndex.EVENTFD, IrqIndex.Kind.MSIX),
        IrqIndex.notification(),
        IrqIndex.notification());
  }

  @Override
  public void open(DeviceContext opened) {
    sparse.open();
    mapped.open();
    context = opened;
    calls.add("open");
  }

  @Override
  public void close() {
    calls.add("close");
    context = null;
    sparse.close();
    mapped.close();
  }

  @Override
  public void reset() {
    calls.add("reset");
  }

  @Override
  public void request(int count) {
    calls.add("request " + count);
    DeviceContext current = context;
    if (current != null) {
      var _ = current.interrupts().signal(REQ, 0);
    }
  }

  @Override
  public void dmaUnmap(long iova, long size) {
    calls.add("unmap");
    onUnmap.run();
  }

  SharedMemory memory() {
    return mapped.shared();
  }

  @Override
  public MigrationModel migration() {
    return migration;
  }

  /** Writes down what it is asked; its state is the plain BAR's first 16 bytes. */
  final class Stateful implements MigrationModel {
    final List<String> arcs = new CopyOnWriteArrayList<>();
    volatile Runnable onArc = () -> {};

    @Override
    public MigrationFeatures features() {
      return new MigrationFeatures(false, true);
    }

    @Override
    public long dataSize() {
      return 16;
    }

    @Override
    public void arc(MigrationState from, MigrationState to) {
      onArc.run();
      arcs.add(to.name());
    }

    @Override
    public Saving save(MigrationState first) {
      onArc.run();
      arcs.add(first.name());
      boolean[] given = {false};
      return state -> {
        byte[] piece = given[0] ? new byte[0] : java.util.Arrays.copyOf(plain, 16);
        given[0] = true;
        return MemorySegment.ofArray(piece);
      };
    }

    @Override
    public Loading load() {
      arcs.add("RESUMING");
      java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
      return new Loading() {
        @Override
        public void write(MemorySegment more) {
          bytes.writeBytes(more.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        }

        @Override
        public void finish() {
          arcs.add("STOP");
          byte[] all = bytes.toByteArray();
          System.arraycopy(all, 0, plain, 0, Math.min(16, all.length));
        }
      };
    }
  }
}
