package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** What QUERY_GFX_PLANE gives, in a transcript's words. */
public final class Planes {
  /** The plane type of a picture. */
  public static final int PRIMARY = 1;

  /** Four bytes a pixel: {@code XR24}. */
  public static final int XRGB8888 = 0x34325258;

  private Planes() {}

  /**
   * A plane; all zero for one that shows nothing.
   *
   * @param source index of a region, or id of a dma-buf
   */
  public static ObjectNode answer(
      int format, int width, int height, int stride, int size, int source) {
    return Answers.ret(0)
        .put("drm_format", String.format(Locale.ROOT, "%08x", format))
        .put("drm_format_mod", 0)
        .put("width", width)
        .put("height", height)
        .put("stride", stride)
        .put("size", size)
        .put("x_pos", 0)
        .put("y_pos", 0)
        .put("x_hot", 0)
        .put("y_hot", 0)
        .put("region_index_or_dmabuf_id", source);
  }
}
