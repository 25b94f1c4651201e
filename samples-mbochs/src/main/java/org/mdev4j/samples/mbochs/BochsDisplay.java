package org.mdev4j.samples.mbochs;

import java.util.List;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.DmaBuf;
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionCapability;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.pci.MemoryBar;
import org.mdev4j.vfio.pci.PciBar;
import org.mdev4j.vfio.pci.PciConfigSpace;
import org.mdev4j.vfio.pci.PciDevice;
import org.mdev4j.vfio.pci.PciRegions;

/**
 * A PCI display as Bochs and QEMU have them ({@code spec/samples.md} 3): video memory behind BAR 0,
 * registers behind BAR 2, and a region in which its user says what monitor is connected. Every user
 * finds it switched off, with empty memory.
 *
 * <h2>Thread safety</h2>
 *
 * Each part guards itself, and none calls another under its lock. Video memory is plain memory, as
 * on a card.
 */
final class BochsDisplay implements PciDevice, Graphics, Resettable {
  private static final int VENDOR = 0x1234;
  private static final int DEVICE = 0x1111;
  private static final int SUBSYSTEM_VENDOR = 0x1af4;
  private static final int SUBSYSTEM = 0x1100;
  private static final int CLASS_OTHER_DISPLAY = 0x038000;
  private static final int COMMAND_IO_AND_MEMORY = 0x3;

  private static final int MEMORY_BAR = 0;
  private static final int REGISTER_BAR = 2;
  private static final int EDID_REGION = 9;

  private static final int REGION_TYPE_GFX = 1;
  private static final int REGION_SUBTYPE_EDID = 1;

  private final int memorySize;
  private final PciConfigSpace config;
  private final EdidRegion edid;
  private final VbeRegisters vbe;
  private final MemoryBar memory;
  private final PciRegions regions;
  private final DmabufRecords records = new DmabufRecords();

  /**
   * @param name the device's, for those who list open files
   */
  BochsDisplay(String name, MemorySize size) {
    memorySize = size.bytes();
    config =
        PciConfigSpace.builder(VENDOR, DEVICE)
            .subsystem(SUBSYSTEM_VENDOR, SUBSYSTEM)
            .classCode(CLASS_OTHER_DISPLAY)
            .revision(1)
            .command(COMMAND_IO_AND_MEMORY)
            .bar(MEMORY_BAR, PciBar.prefetchableMemory(memorySize))
            .bar(REGISTER_BAR, PciBar.memory(Registers.SIZE))
            .build();
    edid = new EdidRegion(size);
    vbe = new VbeRegisters(memorySize);
    memory = new MemoryBar("mbochs " + name, memorySize);
    regions =
        PciRegions.packed(config)
            .region(REGISTER_BAR, Region.registers(Registers.SIZE, new Registers(edid, vbe)))
            .region(EDID_REGION, edidRegion(edid))
            .region(MEMORY_BAR, memory.region())
            .build();
  }

  private static Region edidRegion(EdidRegion edid) {
    return new Region.Registers(
        EdidRegion.SIZE,
        Region.READ | Region.WRITE,
        List.of(new RegionCapability.Type(REGION_TYPE_GFX, REGION_SUBTYPE_EDID)),
        Integer.BYTES,
        EdidRegion.SIZE,
        edid);
  }

  @Override
  public PciRegions regions() {
    return regions;
  }

  @Override
  public void open(DeviceContext context) {
    memory.open();
  }

  @Override
  public void close() {
    records.clear();
    vbe.reset();
    edid.reset();
    config.reset();
    memory.close();
  }

  @Override
  public boolean announcesReset() {
    return false;
  }

  @Override
  public void reset() {
    vbe.reset();
  }

  @Override
  public Handover handover() {
    return Handover.DMABUF;
  }

  @Override
  public GfxPlane plane(int planeType) {
    DisplayMode mode = planeType == PLANE_PRIMARY ? DisplayMode.of(vbe.values(), memorySize) : null;
    return mode == null ? GfxPlane.DISABLED : mode.plane(records.idOf(mode));
  }

  @Override
  public DmaBuf dmabuf(int id) {
    return records.export(id, memory);
  }
}
