package org.mdev4j.replay.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * The calls on {@code /sys} that a probe makes on a host. They refuse with an {@link
 * ErrnoException}, or answer in a transcript's words.
 *
 * <p>Thread-safe, as the host is.
 */
public final class Syscalls {
  private static final int READ_SIZE = 64 * 1024;

  private final Host host;

  Syscalls(Host host) {
    this.host = host;
  }

  /** Opens write-only, writes once, closes: {@code ret}, or {@code errno} with {@code at}. */
  public ObjectNode write(String path, byte[] data) {
    SysfsFile opened;
    try {
      opened = host.tree().open(path, OpenMode.WRITE);
    } catch (ErrnoException refusal) {
      return Answers.errno(refusal, "open");
    }
    try (SysfsFile file = opened) {
      return Answers.ret(file.write(data));
    } catch (ErrnoException refusal) {
      return Answers.errno(refusal, "write");
    }
  }

  /** Opens read-only, reads once, closes: {@code data}, or {@code errno} with {@code at}. */
  public ObjectNode read(String path) {
    SysfsFile opened;
    try {
      opened = host.tree().open(path, OpenMode.READ);
    } catch (ErrnoException refusal) {
      return Answers.errno(refusal, "open");
    }
    try (SysfsFile file = opened) {
      return Answers.data(file.read(0, READ_SIZE));
    } catch (ErrnoException refusal) {
      return Answers.errno(refusal, "read");
    }
  }

  /** The number that a file shows. */
  public long readNumber(String path) {
    try (SysfsFile file = host.tree().open(path, OpenMode.READ)) {
      byte[] data = file.read(0, READ_SIZE);
      return Long.parseLong(new String(data, ISO_8859_1).strip());
    }
  }

  /** Whether the path names something, without following a link at its end (lstat). */
  public boolean exists(String path) {
    try {
      var _ = host.tree().resolve(path, false);
      return true;
    } catch (ErrnoException absent) {
      return false;
    }
  }

  /** The text of the link at {@code path}. */
  public String readLink(String path) {
    if (host.tree().resolve(path, false) instanceof SysfsLink link) {
      return link.text();
    }
    throw new ErrnoException(Errno.EINVAL, path + " is no link");
  }

  /** The directory at {@code path}; a link at its end is followed. */
  public SysfsDirectory directory(String path) {
    if (host.tree().resolve(path) instanceof SysfsDirectory directory) {
      return directory;
    }
    throw new ErrnoException(Errno.ENOTDIR, path + " is no directory");
  }

  /** The names in the directory at {@code path}, sorted; none if there is no such directory. */
  public List<String> names(String path) {
    try {
      return directory(path).children().stream().map(SysfsNode::name).toList();
    } catch (ErrnoException absent) {
      return List.of();
    }
  }

  /**
   * Opens a file or directory of {@code /sys}.
   *
   * @param flags as in C, for example {@code O_WRONLY|O_APPEND}
   */
  public AutoCloseable open(String path, String flags) {
    Set<String> words = Set.of(flags.split("\\|"));
    if (words.contains("O_DIRECTORY")) {
      return new DirectoryFd(directory(path));
    }
    if (words.contains("O_CREAT") || words.contains("O_TRUNC") || words.contains("O_APPEND")) {
      try {
        return new ChannelFd(Files.newByteChannel(host.path(path), options(words)));
      } catch (IOException failure) {
        throw refusal(failure);
      }
    }
    return new AttributeFd(host.tree().open(path, mode(words)));
  }

  /** mkdir. */
  public void makeDirectory(String path) {
    try {
      Files.createDirectory(host.path(path));
    } catch (IOException failure) {
      throw refusal(failure);
    }
  }

  /** unlink. */
  public void unlink(String path) {
    try {
      Files.delete(host.path(path));
    } catch (IOException failure) {
      throw refusal(failure);
    }
  }

  /** The refusal behind an exception of the host's file system. */
  static ErrnoException refusal(IOException failure) {
    return failure.getCause() instanceof ErrnoException refusal
        ? refusal
        : new ErrnoException(Errno.EIO, failure.toString(), failure);
  }

  private static OpenMode mode(Set<String> words) {
    if (words.contains("O_RDWR")) {
      return OpenMode.READ_WRITE;
    }
    return words.contains("O_WRONLY") ? OpenMode.WRITE : OpenMode.READ;
  }

  private static Set<OpenOption> options(Set<String> words) {
    Set<OpenOption> options = new HashSet<>();
    OpenMode mode = mode(words);
    if (mode.reads()) {
      options.add(StandardOpenOption.READ);
    }
    if (mode.writes()) {
      options.add(StandardOpenOption.WRITE);
    }
    if (words.contains("O_APPEND")) {
      options.add(StandardOpenOption.APPEND);
    }
    if (words.contains("O_TRUNC")) {
      options.add(StandardOpenOption.TRUNCATE_EXISTING);
    }
    if (words.contains("O_EXCL") && words.contains("O_CREAT")) {
      options.add(StandardOpenOption.CREATE_NEW);
    } else if (words.contains("O_CREAT")) {
      options.add(StandardOpenOption.CREATE);
    }
    return options;
  }
}
