package org.mdev4j.device.nio;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A path, with the algebra of a Unix path. It is only text until it meets the tree; the current
 * directory is the root.
 *
 * <p>Immutable. The empty path is relative and has one name, the empty one; the root has no name.
 */
final class SysfsPath implements Path {
  private final SysfsFileSystem fileSystem;
  private final boolean absolute;
  private final List<String> names;
  private final String text;

  private SysfsPath(SysfsFileSystem fileSystem, boolean absolute, List<String> names) {
    this.fileSystem = fileSystem;
    this.absolute = absolute;
    this.names = names.isEmpty() && !absolute ? List.of("") : List.copyOf(names);
    this.text = (absolute ? "/" : "") + String.join("/", this.names);
  }

  static SysfsPath parse(SysfsFileSystem fileSystem, String first, String... more) {
    StringBuilder joined = new StringBuilder(first);
    for (String part : more) {
      if (!part.isEmpty()) {
        joined.append(joined.isEmpty() ? "" : "/").append(part);
      }
    }
    String text = joined.toString();
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      throw new InvalidPathException(text, "a path has no NUL", nul);
    }
    List<String> names = Arrays.stream(text.split("/")).filter(name -> !name.isEmpty()).toList();
    return new SysfsPath(fileSystem, text.startsWith("/"), names);
  }

  /** {@code path}, which must be of {@code fileSystem}. */
  static SysfsPath of(SysfsFileSystem fileSystem, Path path) {
    if (path instanceof SysfsPath own && own.fileSystem == fileSystem) {
      return own;
    }
    Objects.requireNonNull(path);
    throw new ProviderMismatchException(path + " is a path of another file system");
  }

  @Override
  public SysfsFileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public @Nullable SysfsPath getRoot() {
    return absolute ? fileSystem.root() : null;
  }

  @Override
  public @Nullable SysfsPath getFileName() {
    return names.isEmpty() ? null : relative(List.of(names.getLast()));
  }

  @Override
  public @Nullable SysfsPath getParent() {
    if (names.isEmpty() || (names.size() == 1 && !absolute)) {
      return null;
    }
    return with(names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public SysfsPath getName(int index) {
    if (index < 0 || index >= names.size()) {
      throw new IllegalArgumentException("'" + text + "' has no name " + index);
    }
    return relative(List.of(names.get(index)));
  }

  @Override
  public SysfsPath subpath(int beginIndex, int endIndex) {
    if (beginIndex < 0 || endIndex > names.size() || beginIndex >= endIndex) {
      throw new IllegalArgumentException(
          "'" + text + "' has no names from " + beginIndex + " to " + endIndex);
    }
    return relative(names.subList(beginIndex, endIndex));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof SysfsPath that
        && that.fileSystem == fileSystem
        && that.absolute == absolute
        && names.size() >= that.names.size()
        && names.subList(0, that.names.size()).equals(that.names);
  }

  @Override
  public boolean endsWith(Path other) {
    if (!(other instanceof SysfsPath that) || that.fileSystem != fileSystem) {
      return false;
    }
    if (that.absolute) {
      return equals(that);
    }
    int from = names.size() - that.names.size();
    return from >= 0 && names.subList(from, names.size()).equals(that.names);
  }

  @Override
  public SysfsPath normalize() {
    List<String> kept = new ArrayList<>();
    for (String name : names) {
      if (!name.equals("..")) {
        if (!name.equals(".") && !name.isEmpty()) {
          kept.add(name);
        }
      } else if (!kept.isEmpty() && !kept.getLast().equals("..")) {
        kept.removeLast();
      } else if (!absolute) {
        kept.add(name);
      }
    }
    return with(kept);
  }

  @Override
  public SysfsPath resolve(Path other) {
    SysfsPath that = of(fileSystem, other);
    if (that.absolute || isEmpty()) {
      return that;
    }
    if (that.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(names);
    all.addAll(that.names);
    return with(all);
  }

  @Override
  public SysfsPath relativize(Path other) {
    SysfsPath that = of(fileSystem, other);
    if (absolute != that.absolute) {
      throw new IllegalArgumentException(
          "only one of '" + text + "' and '" + that + "' is absolute");
    }
    if (equals(that)) {
      return relative(List.of());
    }
    if (isEmpty()) {
      return that;
    }
    List<String> from = normalize().steps();
    List<String> to = that.normalize().steps();
    int common = 0;
    while (common < Math.min(from.size(), to.size()) && from.get(common).equals(to.get(common))) {
      common++;
    }
    List<String> left = from.subList(common, from.size());
    if (left.contains("..")) {
      throw new IllegalArgumentException("no way from '" + text + "' to '" + that + "'");
    }
    List<String> way = new ArrayList<>(Collections.nCopies(left.size(), ".."));
    way.addAll(to.subList(common, to.size()));
    return relative(way);
  }

  @Override
  public URI toUri() {
    try {
      return new URI(SysfsProvider.SCHEME, "", toAbsolutePath().text, null, null);
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public SysfsPath toAbsolutePath() {
    return absolute ? this : fileSystem.root().resolve(this);
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return fileSystem.provider().realPath(this, options);
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("a sysfs can't be watched; listen for uevents");
  }

  @Override
  public int compareTo(Path other) {
    if (other instanceof SysfsPath that && that.fileSystem == fileSystem) {
      return text.compareTo(that.text);
    }
    throw new ClassCastException(other + " is a path of another file system");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SysfsPath that
        && that.fileSystem == fileSystem
        && that.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  /** The path of the entry {@code name} of this directory. */
  SysfsPath entry(String name) {
    return resolve(relative(List.of(name)));
  }

  private boolean isEmpty() {
    return text.isEmpty();
  }

  /** The names that lead somewhere; none for the empty path. */
  private List<String> steps() {
    return isEmpty() ? List.of() : names;
  }

  private SysfsPath relative(List<String> names) {
    return new SysfsPath(fileSystem, false, names);
  }

  private SysfsPath with(List<String> names) {
    return new SysfsPath(fileSystem, absolute, names);
  }
}
