// SPDX-License-Identifier: Apache-2.0

import java.awt.image.BufferedImage;
import java.io.File;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * Reads the text on a picture of a Linux console. The first line on it has to be the characters
 * from ! to ~, in this order: the rest is read by them, whatever the font. What was not there is
 * shown as a question mark.
 */
class ReadConsole {
  private static final int WIDTH = 8;
  private static final int HEIGHT = 16;

  public static void main(String[] arguments) throws Exception {
    BufferedImage picture = ImageIO.read(new File(arguments[0]));
    Map<Integer, Character> glyphs = new HashMap<>();
    for (char c = '!'; c <= '~'; c++) {
      glyphs.put(glyph(picture, c - '!', 0), c);
    }
    glyphs.put(glyph(picture, picture.getWidth() / WIDTH - 1, 0), ' ');
    if (glyphs.size() != '~' - '!' + 2) {
      throw new IllegalArgumentException("the first line is not the characters from ! to ~");
    }
    for (int line = 1; line < picture.getHeight() / HEIGHT; line++) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < picture.getWidth() / WIDTH; column++) {
        text.append(glyphs.getOrDefault(glyph(picture, column, line), '?'));
      }
      System.out.println(text.toString().stripTrailing());
    }
  }

  /** What is in a cell, without regard to its color. */
  private static int glyph(BufferedImage picture, int column, int line) {
    int[] pixels = picture.getRGB(column * WIDTH, line * HEIGHT, WIDTH, HEIGHT, null, 0, WIDTH);
    boolean[] lit = new boolean[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      lit[i] = (pixels[i] & 0xffffff) != 0;
    }
    return Arrays.hashCode(lit);
  }
}
