package org.mdev4j.replay.shadow;

import java.util.HashMap;
import java.util.Map;

/**
 * The contents of video memory: what was stored at each place, by read and write as by a mapping;
 * elsewhere zero, or the gradient that a display of fixed size draws.
 */
public final class MemoryShadow {
  private static final int PAGE = 4096;
  private static final int BYTES_PER_PIXEL = 4;
  private static final int WHITE = 255;

  private final Model model;
  private final Map<Integer, byte[]> pages = new HashMap<>();

  MemoryShadow(Model model) {
    this.model = model;
  }

  /** The bytes at {@code offset}, all of them within the memory. */
  public byte[] read(long offset, int size) {
    byte[] result = new byte[size];
    for (int i = 0; i < size; i++) {
      int at = Math.toIntExact(offset + i);
      byte[] page = pages.get(at / PAGE);
      result[i] = page == null ? drawn(at) : page[at % PAGE];
    }
    return result;
  }

  void write(long offset, byte[] data) {
    for (int i = 0; i < data.length; i++) {
      int at = Math.toIntExact(offset + i);
      pages.computeIfAbsent(at / PAGE, this::initial)[at % PAGE] = data[i];
    }
  }

  /** Draws the gradient again; what is behind the picture stays. */
  void redraw() {
    pages.forEach(
        (number, page) -> {
          for (int i = 0; i < PAGE; i++) {
            if (number * PAGE + i < picture()) {
              page[i] = drawn(number * PAGE + i);
            }
          }
        });
  }

  private byte[] initial(int number) {
    byte[] page = new byte[PAGE];
    for (int i = 0; i < PAGE; i++) {
      page[i] = drawn(number * PAGE + i);
    }
    return page;
  }

  private int picture() {
    return model.width() * model.height() * BYTES_PER_PIXEL;
  }

  private byte drawn(int at) {
    if (at >= picture()) {
      return 0;
    }
    int row = at / (model.width() * BYTES_PER_PIXEL);
    return (byte) (row * WHITE / model.height());
  }
}
