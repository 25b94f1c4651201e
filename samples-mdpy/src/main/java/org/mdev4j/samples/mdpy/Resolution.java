package org.mdev4j.samples.mdpy;

import java.util.Locale;
import org.mdev4j.mdev.MdevType;

/** The sizes of display that there are, in pixels. */
enum Resolution {
  VGA(640, 480),
  XGA(1024, 768),
  HD(1920, 1080);

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
