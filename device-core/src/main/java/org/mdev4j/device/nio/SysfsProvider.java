package org.mdev4j.device.nio;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * What {@link java.nio.file.Files} calls. Each method asks the tree and says its refusal, if it
 * refuses, as a {@link java.nio.file.FileSystemException}.
 *
 * <p>It belongs to one file system and is not installed: paths come from there, never from a URI.
 */
final class SysfsProvider extends FileSystemProvider {
  static final String SCHEME = "sysfs";

  private final SysfsFileSystem fileSystem;
  private final Access access;
  private final Changes changes;

  SysfsProvider(SysfsFileSystem fileSystem) {
    this.fileSystem = fileSystem;
    this.changes = new Changes(fileSystem);
    this.access = new Access(fileSystem, changes);
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
    throw new UnsupportedOperationException("a sysfs belongs to a host and is had from there");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException("a sysfs belongs to a host and is had from there");
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException("a URI does not tell the host; resolve a path of it");
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    SysfsPath own = own(path);
    OpenRequest request = OpenRequest.of(options);
    return ask(own, () -> new AttributeChannel(own, access.open(own, request)));
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    SysfsPath own = own(path);
    return ask(
        own,
        () -> {
          if (fileSystem.node(own, true) instanceof SysfsDirectory directory) {
            return new SysfsDirectoryStream(own, directory, filter);
          }
          throw new ErrnoException(Errno.ENOTDIR, own + " is no directory");
        });
  }

  @Override
  public Path readSymbolicLink(Path path) throws IOException {
    SysfsPath own = own(path);
    SysfsNode node = ask(own, () -> fileSystem.node(own, false));
    if (node instanceof SysfsLink link) {
      return SysfsPath.parse(fileSystem, link.text());
    }
    ErrnoException refusal = new ErrnoException(Errno.EINVAL, own + " is no link");
    throw Refusals.causedBy(
        refusal, new NotLinkException(own.toString(), null, Refusals.reason(refusal)));
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    SysfsPath own = own(path);
    throw refused(own, () -> changes.creation(own, Errno.EPERM));
  }

  @Override
  public void createSymbolicLink(Path path, Path target, FileAttribute<?>... attributes)
      throws IOException {
    createDirectory(path);
  }

  @Override
  public void createLink(Path path, Path existing) throws IOException {
    createDirectory(path);
  }

  @Override
  public void delete(Path path) throws IOException {
    SysfsPath own = own(path);
    throw refused(own, () -> changes.removal(own));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    SysfsPath from = own(source);
    boolean followLast = !List.of(options).contains(LinkOption.NOFOLLOW_LINKS);
    SysfsNode node = ask(from, () -> fileSystem.node(from, followLast));
    Errno verdict = node instanceof SysfsAttribute ? Errno.EACCES : Errno.EPERM;
    replace(own(target), node, followLast, verdict, options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    SysfsPath from = own(source);
    SysfsNode node = ask(from, () -> fileSystem.node(from, false));
    replace(own(target), node, false, Errno.EPERM, options);
  }

  /** Does nothing if {@code target} is {@code node} already. */
  private void replace(
      SysfsPath target, SysfsNode node, boolean followLast, Errno verdict, CopyOption... options)
      throws IOException {
    boolean replaces = List.of(options).contains(StandardCopyOption.REPLACE_EXISTING);
    if (!changes.isAt(target, node, followLast)) {
      throw refused(target, () -> changes.replacement(target, replaces, verdict));
    }
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    SysfsPath own = own(path);
    if (own.equals(other)) {
      return true;
    }
    if (!(other instanceof SysfsPath that) || that.getFileSystem() != fileSystem) {
      return false;
    }
    SysfsNode node = ask(own, () -> fileSystem.node(own, true));
    return node == ask(that, () -> fileSystem.node(that, true));
  }

  @Override
  public boolean isHidden(Path path) {
    SysfsPath name = own(path).getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    var _ = attributes(own(path), true);
    return new SysfsFileStore();
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    SysfsPath own = own(path);
    SysfsNode node = ask(own, () -> fileSystem.node(own, true));
    for (AccessMode mode : modes) {
      ErrnoException refusal = Access.refusal(node, mode);
      if (refusal != null) {
        throw Refusals.asFileSystemException(refusal, own);
      }
    }
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    SysfsPath own = own(path);
    String view;
    if (type == BasicFileAttributeView.class) {
      view = "basic";
    } else if (type == FileOwnerAttributeView.class) {
      view = "owner";
    } else if (type == PosixFileAttributeView.class) {
      view = "posix";
    } else {
      return null;
    }
    return type.cast(new SysfsAttributeView(view, own, follows(options)));
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
      throw new UnsupportedOperationException("a sysfs has no " + type.getName());
    }
    return type.cast(attributes(own(path), follows(options)));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    NamedAttributes request = NamedAttributes.parse(names);
    return request.select(attributes(own(path), follows(options)));
  }

  /** Succeeds and changes nothing, as the views do. */
  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options)
      throws IOException {
    NamedAttributes request = NamedAttributes.parse(name);
    request.checkSettable(attributes(own(path), follows(options)));
  }

  SysfsAttributes attributes(SysfsPath path, boolean followLast) throws IOException {
    return ask(path, () -> new SysfsAttributes(fileSystem.node(path, followLast)));
  }

  SysfsPath realPath(SysfsPath path, LinkOption... options) throws IOException {
    return ask(
        path, () -> follows(options) ? fileSystem.realPath(path) : fileSystem.realLinkPath(path));
  }

  private SysfsPath own(Path path) {
    fileSystem.checkOpen();
    return SysfsPath.of(fileSystem, path);
  }

  private static boolean follows(LinkOption... options) {
    return !List.of(options).contains(LinkOption.NOFOLLOW_LINKS);
  }

  private <T> T ask(SysfsPath path, Supplier<T> question) throws IOException {
    fileSystem.checkOpen();
    try {
      return question.get();
    } catch (ErrnoException refusal) {
      throw Refusals.asFileSystemException(refusal, path);
    }
  }

  /** For a question to which every answer is a refusal. */
  private IOException refused(SysfsPath path, Supplier<ErrnoException> question)
      throws IOException {
    return Refusals.asFileSystemException(ask(path, question), path);
  }
}
