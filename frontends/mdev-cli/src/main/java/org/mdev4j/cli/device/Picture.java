package org.mdev4j.cli.device;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.model.DmaBuf;
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics;

/**
 * What a display shows, at one moment.
 *
 * @param width in pixels
 * @param height in pixels
 * @param pixels row by row, 0xRRGGBB each
 */
@SuppressWarnings("ArrayRecordComponent") // compared by contents, below
public record Picture(int width, int height, int[] pixels) {
  private static final int PLANE_SIZE = 64;
  private static final int DMABUF = 2;
  private static final int REGION = 4;
  private static final int PROBE = 1;
  private static final int RGB = 0xffffff;
  private static final ValueLayout.OfInt PIXEL =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Takes the picture of a display, whether somebody uses it or not.
   *
   * @param user who takes it
   * @throws ErrnoException {@code ENODEV} if there is no such device; else see {@link
   *     #of(DeviceFile)}
   */
  public static Picture of(Host host, String uuid, String user) {
    Vfio vfio = host.service(Vfio.class);
    try (DeviceFile inUse = vfio.joinDevice(uuid, user)) {
      if (inUse != null) {
        return of(inUse);
      }
    }
    try (OpenDevice own = vfio.openDevice(uuid, user)) {
      return of(own.file());
    }
  }

  /**
   * Takes the picture of a device's primary plane.
   *
   * @throws ErrnoException {@code ENOTTY} if the device has no display; {@code ENODATA} if it shows
   *     nothing now
   */
  public static Picture of(DeviceFile device) {
    boolean dmabuf = supports(device, DMABUF);
    GfxPlane plane =
        device.queryPlane(PLANE_SIZE, dmabuf ? DMABUF : REGION, Graphics.PLANE_PRIMARY);
    if (plane == null || plane.format() == 0) {
      throw new ErrnoException(
          Errno.ENODATA, device.name() + " shows nothing: its guest has set no mode yet");
    }
    if (plane.format() != GfxPlane.FORMAT_XRGB8888) {
      throw new ErrnoException(
          Errno.EINVAL, String.format("picture format 0x%x is not known", plane.format()));
    }
    if (dmabuf) {
      try (DmaBuf buffer = device.dmabuf(plane.source())) {
        return copy(plane, buffer.segment());
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocate((long) plane.stride() * plane.height());
      device.read(device.regionInfo(RegionInfo.SIZE, plane.source()).offset(), rows);
      return copy(plane, rows);
    }
  }

  private static boolean supports(DeviceFile device, int handover) {
    try {
      return device.queryPlane(PLANE_SIZE, PROBE | handover, Graphics.PLANE_PRIMARY) == null;
    } catch (ErrnoException refusal) {
      if (refusal.errno() == Errno.EINVAL) {
        return false;
      }
      throw refusal;
    }
  }

  private static Picture copy(GfxPlane plane, MemorySegment rows) {
    int[] pixels = new int[plane.width() * plane.height()];
    for (int y = 0; y < plane.height(); y++) {
      for (int x = 0; x < plane.width(); x++) {
        long at = (long) y * plane.stride() + (long) x * Integer.BYTES;
        pixels[y * plane.width() + x] = rows.get(PIXEL, at) & RGB;
      }
    }
    return new Picture(plane.width(), plane.height(), pixels);
  }

  /** Writes it as PNG. */
  public void writePng(Path file) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, pixels, 0, width);
    try (OutputStream out = Files.newOutputStream(file)) {
      ImageIO.write(image, "png", out);
    }
  }

  /**
   * Draws it with characters, two pixels above each other in one: the upper as foreground, the
   * lower as background of a half block; without colors by shades.
   *
   * @param columns width in characters
   */
  public List<String> draw(int columns, boolean colors) {
    int lines = Math.max(1, columns * height / width / 2);
    List<String> drawing = new ArrayList<>();
    for (int line = 0; line < lines; line++) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        int upper = sample(column, columns, 2 * line, 2 * lines);
        int lower = sample(column, columns, 2 * line + 1, 2 * lines);
        text.append(colors ? halfBlock(upper, lower) : shade(upper));
      }
      drawing.add(text + (colors ? "\u001b[0m" : ""));
    }
    return drawing;
  }

  private int sample(int column, int columns, int row, int rows) {
    int x = column * width / columns;
    int y = row * height / rows;
    return pixels[y * width + x];
  }

  private static String halfBlock(int upper, int lower) {
    return String.format(
        "\u001b[38;2;%d;%d;%dm\u001b[48;2;%d;%d;%dm\u2580",
        upper >> 16, upper >> 8 & 0xff, upper & 0xff, lower >> 16, lower >> 8 & 0xff, lower & 0xff);
  }

  private static char shade(int pixel) {
    String shades = " .:-=+*#%@";
    int brightness = ((pixel >> 16) + (pixel >> 8 & 0xff) + (pixel & 0xff)) / 3;
    return shades.charAt(brightness * shades.length() / 256);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture(int w, int h, int[] p)
        && w == width
        && h == height
        && java.util.Arrays.equals(p, pixels);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(pixels);
  }

  @Override
  public String toString() {
    return "Picture[" + width + "x" + height + "]";
  }
}
