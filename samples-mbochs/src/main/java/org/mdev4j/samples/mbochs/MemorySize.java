package org.mdev4j.samples.mbochs;

import java.util.Locale;
import org.mdev4j.mdev.MdevType;

/** The sizes of display that there are, by their video memory in megabytes. */
enum MemorySize {
  SMALL(4),
  MEDIUM(16),
  LARGE(64);

  /** What the types take from the pool. */
  static final String RESOURCE = "MB";

  private final int megabytes;

  MemorySize(int megabytes) {
    this.megabytes = megabytes;
  }

  static MemorySize of(MdevType type) {
    return valueOf(type.name().toUpperCase(Locale.ROOT));
  }

  int megabytes() {
    return megabytes;
  }

  MdevType type() {
    String name = name().toLowerCase(Locale.ROOT);
    return MdevType.named(name, "mbochs-" + name)
        .describedAs("virtual display, " + megabytes + " MB video memory")
        .costing(megabytes, RESOURCE);
  }
}
