package org.mdev4j.replay.shadow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is fixed for a type of the sample devices: where its regions are, and which registers of its
 * configuration space keep what is written.
 *
 * @param driver which of the samples
 * @param memory bytes of the framebuffer or video memory; 0 for a card without
 * @param width pixels of a picture of fixed size, else 0
 * @param height lines of it
 * @param regions where they are; those not listed are empty
 * @param registers of configuration space
 */
public record Model(
    Driver driver,
    int memory,
    int width,
    int height,
    List<Place> regions,
    List<ConfigShadow.Register> registers) {
  /** The region of configuration space. */
  public static final int CONFIG = 7;

  /** The region of video memory. */
  public static final int MEMORY = 0;

  /** The region of registers of mbochs. */
  public static final int REGISTERS = 2;

  /** The region of the EDID of mbochs. */
  public static final int EDID = 9;

  /** Bytes of configuration space. */
  public static final int CONFIG_SIZE = 256;

  private static final int READ_WRITE = 3;
  private static final int MAPPABLE = 4;
  private static final int CAPABILITIES = 8;
  private static final int MEGABYTE = 1 << 20;
  private static final int PORT_SHIFT = 40;

  /** The sample drivers. */
  public enum Driver {
    MTTY,
    MDPY,
    MBOCHS
  }

  /**
   * A region.
   *
   * @param offset where it is in the device file
   * @param flags as GET_REGION_INFO tells them
   */
  public record Place(int index, long offset, long size, int flags) {}

  /** The model of a type, by its name below {@code mdev_supported_types}; null for other types. */
  static @Nullable Model of(String type) {
    return switch (type) {
      case "mtty-1" -> serial(1);
      case "mtty-2" -> serial(2);
      case "mdpy-vga" -> display(640, 480, 2 * MEGABYTE);
      case "mdpy-xga" -> display(1024, 768, 4 * MEGABYTE);
      case "mdpy-hd" -> display(1920, 1080, 8 * MEGABYTE);
      case "mbochs-small" -> bochs(4 * MEGABYTE);
      case "mbochs-medium" -> bochs(16 * MEGABYTE);
      case "mbochs-large" -> bochs(64 * MEGABYTE);
      default -> null;
    };
  }

  /** The region at a position of the device file, or null. */
  public @Nullable Place at(long position) {
    for (Place place : regions) {
      if (position >= place.offset && position - place.offset < place.size) {
        return place;
      }
    }
    return null;
  }

  /** The region of that index; an empty one is at 0. */
  public Place region(int index) {
    for (Place place : regions) {
      if (place.index == index) {
        return place;
      }
    }
    return new Place(index, 0, 0, 0);
  }

  private static Model serial(int ports) {
    List<ConfigShadow.Register> registers =
        ports == 1
            ? List.of(ConfigShadow.bar(0, 1, 8), ConfigShadow.INTERRUPT_LINE)
            : List.of(
                ConfigShadow.bar(0, 1, 8), ConfigShadow.bar(1, 1, 8), ConfigShadow.INTERRUPT_LINE);
    return new Model(
        Driver.MTTY,
        0,
        0,
        0,
        List.of(new Place(CONFIG, (long) CONFIG << PORT_SHIFT, CONFIG_SIZE, READ_WRITE)),
        registers);
  }

  private static Model display(int width, int height, int memory) {
    return new Model(
        Driver.MDPY,
        memory,
        width,
        height,
        List.of(
            new Place(CONFIG, 0, CONFIG_SIZE, READ_WRITE),
            new Place(MEMORY, 0x1000, memory, READ_WRITE | MAPPABLE)),
        List.of(ConfigShadow.bar(0, 8, memory)));
  }

  private static Model bochs(int memory) {
    return new Model(
        Driver.MBOCHS,
        memory,
        0,
        0,
        List.of(
            new Place(CONFIG, 0, CONFIG_SIZE, READ_WRITE),
            new Place(REGISTERS, 0x1000, 0x1000, READ_WRITE),
            new Place(EDID, 0x2000, 0x1000, READ_WRITE | CAPABILITIES),
            new Place(MEMORY, 0x3000, memory, READ_WRITE | MAPPABLE)),
        List.of(ConfigShadow.bar(0, 8, memory), ConfigShadow.bar(2, 0, 0x1000)));
  }
}
