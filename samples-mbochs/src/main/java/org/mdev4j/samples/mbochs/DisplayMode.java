package org.mdev4j.samples.mbochs;

import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.model.GfxPlane;

/**
 * What a guest has the display show: a picture somewhere in its memory.
 *
 * @param width in pixels
 * @param height in pixels
 * @param stride bytes from one line to the next
 * @param offset where in memory the picture begins, in bytes
 * @param size bytes of all lines
 */
record DisplayMode(int width, int height, int stride, int offset, int size) {
  private static final int BYTES_PER_PIXEL = 4;
  private static final int BITS_PER_PIXEL = 32;
  private static final int LEAST_SIDE = 64;

  /**
   * The mode that the registers say.
   *
   * @param memory bytes that there are
   * @return null if the display is off, or if the registers say what it can't show
   */
  static @Nullable DisplayMode of(VbeRegisters.Values vbe, int memory) {
    long stride = (long) Math.max(vbe.virtualWidth(), vbe.width()) * BYTES_PER_PIXEL;
    long size = stride * vbe.height();
    long offset = (long) vbe.x() * BYTES_PER_PIXEL + vbe.y() * stride;
    boolean valid =
        vbe.isEnabled()
            && vbe.bitsPerPixel() == BITS_PER_PIXEL
            && vbe.width() >= LEAST_SIDE
            && vbe.height() >= LEAST_SIDE
            && offset + size <= memory;
    return valid
        ? new DisplayMode(vbe.width(), vbe.height(), (int) stride, (int) offset, (int) size)
        : null;
  }

  /** The plane that shows it. */
  GfxPlane plane(int dmabuf) {
    return new GfxPlane(GfxPlane.FORMAT_XRGB8888, width, height, stride, size, dmabuf);
  }
}
