package org.mdev4j.device.nio;

import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * A {@link SysfsTree} for {@link java.nio.file.Files}.
 *
 * <p>Files are read and written as the superuser reads and writes a sysfs: nothing can be created,
 * removed or renamed, a file can't be opened in a direction that it does not have, and each write
 * call is one {@code store}. No content is kept.
 *
 * <h2>Errors</h2>
 *
 * Whatever the tree or a driver refuses arrives as a {@link java.nio.file.FileSystemException}, of
 * the subclass that fits if there is one. Its reason starts with the errno's name and its cause is
 * the {@link ErrnoException} itself, so the exact errno is found like this:
 *
 * {@snippet :
 * if (exception.getCause() instanceof ErrnoException refusal) {
 *   Errno errno = refusal.errno();
 * }
 * }
 *
 * <p>A {@code show} or {@code store} that fails without an errno gives {@code EIO}.
 *
 * <h2>Thread safety</h2>
 *
 * All of this package is thread-safe. Only an open channel has a lock, for its position; it is held
 * while {@code show} or {@code store} runs, so a slow store delays the users of its own channel and
 * nobody else.
 */
public final class SysfsFileSystem extends FileSystem {
  private final SysfsTree tree;
  private final SysfsProvider provider = new SysfsProvider(this);
  private final SysfsPath root = SysfsPath.parse(this, "/");
  private volatile boolean closed;

  private SysfsFileSystem(SysfsTree tree) {
    this.tree = Objects.requireNonNull(tree);
  }

  /**
   * A new file system that shows {@code tree}. It has a provider of its own, so that paths of two
   * trees can't be mixed up. Closing it leaves the tree as it is.
   */
  public static FileSystem of(SysfsTree tree) {
    return new SysfsFileSystem(tree);
  }

  @Override
  public SysfsProvider provider() {
    return provider;
  }

  /**
   * Ends all use of this file system, including that of its open channels and directory streams.
   */
  @Override
  public void close() {
    closed = true;
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    checkOpen();
    return List.of(root);
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    checkOpen();
    return List.of(new SysfsFileStore());
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return NamedAttributes.VIEWS;
  }

  @Override
  public Path getPath(String first, String... more) {
    checkOpen();
    return SysfsPath.parse(this, first, more);
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    checkOpen();
    int colon = syntaxAndPattern.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("not syntax:pattern: '" + syntaxAndPattern + "'");
    }
    String syntax = syntaxAndPattern.substring(0, colon);
    String text = syntaxAndPattern.substring(colon + 1);
    Pattern pattern;
    if (syntax.equalsIgnoreCase("glob")) {
      pattern = Glob.compile(text);
    } else if (syntax.equalsIgnoreCase("regex")) {
      pattern = Pattern.compile(text);
    } else {
      throw new UnsupportedOperationException("neither glob nor regex: '" + syntax + "'");
    }
    return path -> pattern.matcher(path.toString()).matches();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    checkOpen();
    return new RootLookup();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("a sysfs can't be watched; listen for uevents");
  }

  SysfsTree tree() {
    return tree;
  }

  SysfsPath root() {
    return root;
  }

  void checkOpen() {
    if (closed) {
      throw new ClosedFileSystemException();
    }
  }

  /**
   * What {@code path} names.
   *
   * @throws ErrnoException as {@link SysfsTree#resolve(String, boolean)}
   */
  SysfsNode node(SysfsPath path, boolean followLast) {
    checkOpen();
    return tree.resolve(path.toAbsolutePath().toString(), followLast);
  }

  /**
   * The path of what {@code path} names, free of links.
   *
   * @throws ErrnoException as {@link #node}
   */
  SysfsPath realPath(SysfsPath path) {
    SysfsNode node = node(path, true);
    String real = node.path();
    // A node that is being removed tells only the part of its path that is still connected.
    if (lookUp(real) != node) {
      throw new ErrnoException(Errno.ENOENT, path + " was removed meanwhile");
    }
    return SysfsPath.parse(this, real);
  }

  /**
   * {@code path} made absolute, its links kept. A {@code ..} after a link stays too: it leads out
   * of the link's target, not out of the directory that the link is in.
   *
   * @throws ErrnoException as {@link #node}
   */
  SysfsPath realLinkPath(SysfsPath path) {
    var _ = node(path, false);
    SysfsPath real = root;
    for (Path part : path.toAbsolutePath()) {
      String name = part.toString();
      if (name.equals("..") && !real.endsWith("..") && !isLink(real)) {
        SysfsPath above = real.getParent();
        real = above == null ? root : above;
      } else if (!name.equals(".")) {
        real = real.entry(name);
      }
    }
    return real;
  }

  private boolean isLink(SysfsPath path) {
    return lookUp(path.toString()) instanceof SysfsLink;
  }

  private @Nullable SysfsNode lookUp(String path) {
    try {
      return tree.resolve(path, false);
    } catch (ErrnoException refusal) {
      return null;
    }
  }
}
