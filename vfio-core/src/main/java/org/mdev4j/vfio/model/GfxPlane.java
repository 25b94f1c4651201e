package org.mdev4j.vfio.model;

/**
 * What QUERY_GFX_PLANE tells of a plane.
 *
 * @param format DRM fourcc, 0 for a disabled plane
 * @param width in pixels
 * @param height in pixels
 * @param stride bytes from one line to the next
 * @param size bytes of the whole
 * @param source region index or dmabuf id, by {@link Graphics.Handover}
 */
public record GfxPlane(int format, int width, int height, int stride, int size, int source) {
  /** XRGB8888, 4 bytes a pixel, little-endian: B, G, R, unused. */
  public static final int FORMAT_XRGB8888 = 0x34325258;

  /** A plane that shows nothing. */
  public static final GfxPlane DISABLED = new GfxPlane(0, 0, 0, 0, 0, 0);
}
