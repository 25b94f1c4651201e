package org.mdev4j.device.sysfs;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One file of a device: a name, a mode, what reading it shows and what writing it does.
 *
 * <p>Text is bytes: each {@code char} of a shown or stored string is one byte (ISO 8859-1). At most
 * {@value #PAGE} bytes are shown or stored at a time. Callbacks run without any lock of the tree
 * and may run at the same time in several threads; they refuse by throwing an {@link
 * org.mdev4j.device.errno.ErrnoException}, and that errno reaches the reader or writer unchanged.
 *
 * @param name file name; a slash becomes {@code !}, as for every kobject
 * @param mode POSIX permission bits, for example 0444. A file without {@code show} or without a
 *     read bit can't be opened for reading, whoever asks; likewise {@code store} and writing
 * @param show the content, computed at each read from offset 0, or null
 * @param store takes what one write call wrote, or null
 * @param size the size that the file states, whatever it shows
 */
public record Attribute(
    String name, int mode, @Nullable Show show, @Nullable Store store, int size) {
  /** A page: no attribute shows or takes more bytes at once. */
  public static final int PAGE = 4096;

  /** Computes an attribute's content. */
  @FunctionalInterface
  public interface Show {
    String show();
  }

  /** Takes what one write call wrote; a write of nothing never gets here. */
  @FunctionalInterface
  public interface Store {
    void store(String data);
  }

  public Attribute {
    name = name.replace('/', '!');
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("not a file name: '" + name + "'");
    }
    if (show == null && store == null) {
      throw new IllegalArgumentException("attribute " + name + " neither shows nor stores");
    }
  }

  /** A file that states the size of a page, as nearly all do. */
  public Attribute(String name, int mode, @Nullable Show show, @Nullable Store store) {
    this(name, mode, show, store, PAGE);
  }

  /** A file of mode 0444 that shows {@code content} and a newline. */
  public static Attribute readOnly(String name, Supplier<?> content) {
    return new Attribute(name, 0444, () -> content.get() + "\n", null);
  }

  /** A file of mode 0200. */
  public static Attribute writeOnly(String name, Store store) {
    return new Attribute(name, 0200, null, store);
  }

  /** A file of mode 0644 that shows {@code content} and a newline. */
  public static Attribute readWrite(String name, Supplier<?> content, Store store) {
    return new Attribute(name, 0644, () -> content.get() + "\n", store);
  }
}
