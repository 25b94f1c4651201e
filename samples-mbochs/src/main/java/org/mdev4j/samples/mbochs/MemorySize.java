package org.mdev4j.samples.mbochs;

import java.util.Locale;
import org.mdev4j.mdev.MdevType;

/** The sizes of display that there are, by their video memory in megabytes. */
enum MemorySize {
  SMALL(4, 800, 600),
  MEDIUM(16, 1920, 1440),
  LARGE(64, 0, 0);

  /** What the types take from the pool. */
  static final String RESOURCE = "MB";

  private final int megabytes;
  private final int maxWidth;
  private final int maxHeight;

  MemorySize(int megabytes, int maxWidth, int maxHeight) {
    this.megabytes = megabytes;
    this.maxWidth = maxWidth;
    this.maxHeight = maxHeight;
  }

  static MemorySize of(MdevType type) {
    return valueOf(type.name().toUpperCase(Locale.ROOT));
  }

  int megabytes() {
    return megabytes;
  }

  int bytes() {
    return megabytes << 20;
  }

  /** The most pixels in a line that a monitor should have, 0 for no limit. */
  int maxWidth() {
    return maxWidth;
  }

  /** The most lines that a monitor should have, 0 for no limit. */
  int maxHeight() {
    return maxHeight;
  }

  MdevType type() {
    String name = name().toLowerCase(Locale.ROOT);
    return MdevType.named(name, "mbochs-" + name)
        .describedAs("virtual display, " + megabytes + " MB video memory")
        .costing(megabytes, RESOURCE);
  }
}
