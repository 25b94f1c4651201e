// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.vfio.Interleavings;

/**
 * Pins and copies of a device against unmapping, mapping and closing, all interleavings of the real
 * address space.
 */
@DisplayName("vfio 5.2, 5.3, 5.4: pin, copy, map, unmap, close")
class DmaSpaceLincheckTest {
  private static final Interleavings INTERLEAVINGS = new Interleavings(60);

  /** More: an UNMAP has to come between the two steps of a pin. */
  private static final Interleavings OF_PINS = new Interleavings(500);

  @Test
  @DisplayName("5.3, 5.4: a pin is refused or undone by its device; after UNMAP no page is pinned")
  void pinAgainstUnmap() {
    OF_PINS.explore(PinAndUnmap.class, "pin", "unmap");
  }

  @Test
  @DisplayName("5.3, 5.4: a pin that UNMAP does not wait for outlives its mapping")
  void plantedPinAgainstUnmap() {
    OF_PINS.find(HastyPinAndUnmap.class, "pin", "unmap");
  }

  @Test
  @DisplayName("5.4: a pin is refused or taken back; after the device's close no page is pinned")
  void pinAgainstClose() {
    INTERLEAVINGS.explore(PinAndClose.class, "pin", "close");
  }

  @Test
  @DisplayName("5.4: a pin that does not look again for its device outlives it")
  void plantedPinAgainstClose() {
    INTERLEAVINGS.find(BlindPinAndClose.class, "pin", "close");
  }

  @Test
  @DisplayName("5.6: the same for the close of the address space")
  void pinAgainstSpaceClose() {
    INTERLEAVINGS.explore(PinAndSpaceClose.class, "pin", "close");
  }

  @Test
  @DisplayName("5.6: a pin that does not look again for its address space outlives it")
  void plantedPinAgainstSpaceClose() {
    INTERLEAVINGS.find(BlindPinAndSpaceClose.class, "pin", "close");
  }

  @Test
  @DisplayName("5.3: a copy is refused or ends before UNMAP returns; a new map of the range waits")
  void copyAgainstUnmapAndMap() {
    INTERLEAVINGS.explore(CopyUnmapAndMap.class, "copy", "unmap", "map");
  }

  @Test
  @DisplayName("5.3: an UNMAP that does not wait returns while a copy is under way")
  void plantedCopyAgainstUnmap() {
    INTERLEAVINGS.find(UndrainedUnmap.class, "copy", "unmap", "map");
  }

  @Test
  @DisplayName("5.2, 5.3: an UNMAP that frees its range before it waits lets a map in too early")
  void plantedMapDuringUnmap() {
    INTERLEAVINGS.find(EarlyFreedRange.class, "copy", "unmap", "map");
  }

  /** Made before the exploring begins, so what it does is one step, and not explored. */
  private static final class Outside {
    static final Host HOST = Host.builder().withoutDiscovery().start();
    static final HostMemory MEMORY = HOST.memory();
  }

  private static final MemorySegment PAGE = MemorySegment.ofArray(new byte[DeviceDma.PAGE_SIZE]);
  private static final GuestMemory ORDINARY = GuestMemory.of(PAGE);

  private static void map(DmaSpace space, GuestMemory memory) {
    space.map(new DmaMap(DmaMap.SIZE, 3, memory, 0, 0, DeviceDma.PAGE_SIZE));
  }

  private static long unmap(DmaSpace space) {
    return space.unmap(new DmaUnmap(DmaUnmap.SIZE, 0, 0, DeviceDma.PAGE_SIZE, null));
  }

  /** A device that unpins when it is asked, and one mapped page. */
  private static class Pinning {
    final DmaSpace space;
    final DeviceDma device;
    private final int before = Outside.MEMORY.inUse();
    private String seen = "";

    Pinning(DmaSpace space) {
      this.space = space;
      device = space.attach("toy", (_, _) -> unpin());
      DmaSpaceLincheckTest.map(space, ORDINARY);
    }

    private void unpin() {
      device.unpinPages(0, 1);
    }

    public void pin() {
      try {
        device.pinPages(0, 1, 3);
      } catch (ErrnoException refusal) {
        check(refusal.errno() == Errno.EINVAL, "refused with " + refusal.errno());
      }
    }

    void checkNonePinned() {
      check(Outside.MEMORY.inUse() == before, "a page is pinned");
    }

    synchronized void check(boolean well, String otherwise) {
      seen += well ? "" : otherwise + " ";
    }

    public String verdict() {
      device.close();
      space.close();
      checkNonePinned();
      return seen.isEmpty() ? Interleavings.WELL : seen;
    }
  }

  /** The address space itself, with an unmap that waits for no pin. */
  private static final class HastySpace extends DmaSpace {
    HastySpace() {
      super(Outside.MEMORY, 4, true);
    }

    @Override
    void awaitFetches(DmaMapping mapping) {}
  }

  /** The address space itself, with a device that does not look again before it pins. */
  private static final class BlindSpace extends DmaSpace {
    BlindSpace() {
      super(Outside.MEMORY, 4, true);
    }

    @Override
    AttachedDevice newDevice(String name, MappingTree tree, @Nullable UnmapListener listener) {
      return new AttachedDevice(name, this, tree, listener) {
        @Override
        void checkStillOpen() {}
      };
    }
  }

  private static DmaSpace space() {
    return new DmaSpace(Outside.MEMORY, 4, true);
  }

  /** The real one. */
  public static class PinAndUnmap extends Pinning {
    public PinAndUnmap() {
      this(space());
    }

    PinAndUnmap(DmaSpace space) {
      super(space);
    }

    public void unmap() {
      check(DmaSpaceLincheckTest.unmap(space) == DeviceDma.PAGE_SIZE, "not unmapped");
    }

    @Override
    public String verdict() {
      checkNonePinned();
      check(space.available() == 4, "a mapping is left");
      return super.verdict();
    }
  }

  /** The planted bug. */
  public static final class HastyPinAndUnmap extends PinAndUnmap {
    public HastyPinAndUnmap() {
      super(new HastySpace());
    }
  }

  /** The real one. */
  public static class PinAndClose extends Pinning {
    public PinAndClose() {
      this(space());
    }

    PinAndClose(DmaSpace space) {
      super(space);
    }

    public void close() {
      device.close();
      checkNonePinned();
    }
  }

  /** The planted bug. */
  public static final class BlindPinAndClose extends PinAndClose {
    public BlindPinAndClose() {
      super(new BlindSpace());
    }
  }

  /** The real one. */
  public static class PinAndSpaceClose extends Pinning {
    public PinAndSpaceClose() {
      this(space());
    }

    PinAndSpaceClose(DmaSpace space) {
      super(space);
    }

    public void close() {
      space.close();
      checkNonePinned();
    }
  }

  /** The planted bug. */
  public static final class BlindPinAndSpaceClose extends PinAndSpaceClose {
    public BlindPinAndSpaceClose() {
      super(new BlindSpace());
    }
  }

  /** The real one: a device copies; one thread of the user unmaps, one maps other memory there. */
  public static class CopyUnmapAndMap {
    private final DmaSpace space;
    private final DeviceDma device;
    private volatile boolean taken;
    private volatile boolean remapped;
    private volatile String seen = "";

    public CopyUnmapAndMap() {
      this(space());
    }

    CopyUnmapAndMap(DmaSpace space) {
      this.space = space;
      device = space.attach("toy", null);
      DmaSpaceLincheckTest.map(space, new Watched());
    }

    /** Memory that the user takes back for good with UNMAP. */
    private final class Watched implements GuestMemory {
      @Override
      public long size() {
        return DeviceDma.PAGE_SIZE;
      }

      @Override
      public void read(long offset, MemorySegment into) {
        throw new AssertionError("nothing reads");
      }

      @Override
      public void write(long offset, MemorySegment from) {
        if (taken) {
          seen = "written after UNMAP has returned ";
        }
        if (remapped) {
          seen = "written after its range was mapped again ";
        }
      }
    }

    public void copy() {
      try {
        device.write(0, PAGE);
      } catch (ErrnoException refusal) {
        seen += refusal.errno() == Errno.EINVAL ? "" : "copy refused with " + refusal.errno() + " ";
      }
    }

    public void unmap() {
      DmaSpaceLincheckTest.unmap(space);
      taken = true;
    }

    public void map() {
      try {
        DmaSpaceLincheckTest.map(space, ORDINARY);
        remapped = true;
      } catch (ErrnoException refusal) {
        seen += refusal.errno() == Errno.EEXIST ? "" : "map refused with " + refusal.errno() + " ";
      }
    }

    public String verdict() {
      device.close();
      space.close();
      return seen.isEmpty() ? Interleavings.WELL : seen;
    }
  }

  /** The planted bug: it does not wait. */
  public static final class UndrainedUnmap extends CopyUnmapAndMap {
    public UndrainedUnmap() {
      super(
          new DmaSpace(Outside.MEMORY, 4, true) {
            @Override
            void drain(DmaMapping mapping) {}
          });
    }
  }

  /** The planted bug: the range is free before the wait. */
  public static final class EarlyFreedRange extends CopyUnmapAndMap {
    public EarlyFreedRange() {
      super(
          new DmaSpace(Outside.MEMORY, 4, true) {
            @Override
            void drain(DmaMapping mapping) {
              remove(List.of(mapping));
              super.drain(mapping);
            }
          });
    }
  }
}
