package org.mdev4j.samples.mdpy;

import java.util.Locale;
import org.mdev4j.mdev.MdevType;

/** The sizes of display that there are, in pixels. */
enum Resolution {
  VGA(640, 480),
  XGA(1024, 768),
  HD(1920, 1080);

  private static final int BYTES_PER_PIXEL = 4;

  private final int width;
  private final int height;

  Resolution(int width, int height) {
    this.width = width;
    this.height = height;
  }

  static Resolution of(MdevType type) {
    return valueOf(type.name().toUpperCase(Locale.ROOT));
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Bytes from one row to the next. */
  int stride() {
    return width * BYTES_PER_PIXEL;
  }

  /** Bytes that a display of this size has: a BAR's size is a power of two. */
  int memorySize() {
    int picture = stride() * height;
    return Integer.highestOneBit(picture - 1) << 1;
  }

  MdevType type() {
    String name = name().toLowerCase(Locale.ROOT);
    return MdevType.named(name, "mdpy-" + name)
        .describedAs("virtual display, " + this + " framebuffer");
  }

  /** {@code 640x480}. */
  @Override
  public String toString() {
    return width + "x" + height;
  }
}
