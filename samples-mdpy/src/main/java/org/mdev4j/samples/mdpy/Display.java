package org.mdev4j.samples.mdpy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.SharedMemory;
import org.mdev4j.vfio.pci.MemoryBar;
import org.mdev4j.vfio.pci.PciBar;
import org.mdev4j.vfio.pci.PciCapability;
import org.mdev4j.vfio.pci.PciConfigSpace;
import org.mdev4j.vfio.pci.PciDevice;
import org.mdev4j.vfio.pci.PciRegions;

/**
 * A PCI display of a fixed size ({@code spec/samples.md} 2): a framebuffer behind BAR 0, and a
 * capability that tells a guest's driver its format. Every user finds the gradient.
 *
 * <h2>Thread safety</h2>
 *
 * The framebuffer is plain memory, as on a card: who draws at the same time as another, or as a
 * reset, gets a mixed picture. All else here is immutable or guards itself.
 */
final class Display implements PciDevice, Graphics, Resettable {
  private static final int VENDOR = 0x1b36;
  private static final int DEVICE = 0x000f;
  private static final int SUBSYSTEM_VENDOR = 0x1af4;
  private static final int SUBSYSTEM = 0x1100;
  private static final int CLASS_OTHER_DISPLAY = 0x038000;
  private static final int COMMAND_IO_AND_MEMORY = 0x3;

  private static final int BAR = 0;

  /** Where a user who shows the picture finds the framebuffer again, beyond the indexes told of. */
  private static final int DISPLAY_REGION = 16;

  private final Resolution resolution;
  private final PciConfigSpace config;
  private final MemoryBar framebuffer;
  private final PciRegions regions;

  /**
   * @param name the device's, for those who list open files
   */
  Display(String name, Resolution resolution) {
    this.resolution = resolution;
    config = config(resolution);
    framebuffer = new MemoryBar("mdpy " + name, resolution.memorySize());
    regions =
        PciRegions.packed(config)
            .region(BAR, Region.memory(framebuffer.size(), new FromAnyPage(framebuffer)))
            .alias(DISPLAY_REGION, BAR)
            .build();
  }

  private static PciConfigSpace config(Resolution resolution) {
    ByteBuffer format =
        ByteBuffer.allocate(1 + 3 * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0)
            .putInt(GfxPlane.FORMAT_XRGB8888)
            .putInt(resolution.width())
            .putInt(resolution.height());
    return PciConfigSpace.builder(VENDOR, DEVICE)
        .subsystem(SUBSYSTEM_VENDOR, SUBSYSTEM)
        .classCode(CLASS_OTHER_DISPLAY)
        .revision(1)
        .command(COMMAND_IO_AND_MEMORY)
        .bar(BAR, PciBar.prefetchableMemory(resolution.memorySize()))
        .capability(PciCapability.vendorSpecific(format.array()))
        .build();
  }

  /** Unlike the region that the bar makes, this one can be mapped from any page of it on. */
  private record FromAnyPage(MemoryBar memory) implements Region.MemoryAccess {
    @Override
    public MemorySegment segment() {
      return memory.segment();
    }

    @Override
    public SharedMemory shared() {
      return memory.shared();
    }
  }

  @Override
  public PciRegions regions() {
    return regions;
  }

  @Override
  public void open(DeviceContext context) {
    framebuffer.open();
    reset();
  }

  @Override
  public void close() {
    config.reset();
    framebuffer.close();
  }

  @Override
  public boolean announcesReset() {
    return false;
  }

  @Override
  public void reset() {
    Gradient.draw(resolution, framebuffer.segment());
  }

  @Override
  public Handover handover() {
    return Handover.REGION;
  }

  /** The whole framebuffer, whichever plane is asked for. */
  @Override
  public GfxPlane plane(int planeType) {
    return new GfxPlane(
        GfxPlane.FORMAT_XRGB8888,
        resolution.width(),
        resolution.height(),
        resolution.stride(),
        resolution.memorySize(),
        DISPLAY_REGION);
  }
}
