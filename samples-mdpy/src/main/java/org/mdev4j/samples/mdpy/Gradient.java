package org.mdev4j.samples.mdpy;

import java.lang.foreign.MemorySegment;

/** The picture that a display shows until somebody draws: from black at the top to white. */
final class Gradient {
  private static final int WHITE = 255;

  private Gradient() {}

  /** Draws it; what is behind the picture is left alone. */
  static void draw(Resolution resolution, MemorySegment framebuffer) {
    long stride = resolution.stride();
    for (int row = 0; row < resolution.height(); row++) {
      byte gray = (byte) (row * WHITE / resolution.height());
      framebuffer.asSlice(row * stride, stride).fill(gray);
    }
  }
}
