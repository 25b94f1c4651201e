package org.mdev4j.cli.verbs;

import static java.util.Map.entry;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Why a file refused, as far as it can be known. A host in this JVM says its errno. Of a kernel's,
 * Java only hands on the text that the C library has for it, so in an English locale the errno is
 * found by that text, and elsewhere the text itself must do.
 *
 * @param errno the errno, or null if it can't be told
 * @param text in words
 */
record Refusal(@Nullable Errno errno, String text) {
  private static final Map<String, Errno> BY_TEXT =
      Map.ofEntries(
          entry("Operation not permitted", Errno.EPERM),
          entry("No such file or directory", Errno.ENOENT),
          entry("Interrupted system call", Errno.EINTR),
          entry("Input/output error", Errno.EIO),
          entry("No such device or address", Errno.ENXIO),
          entry("Resource temporarily unavailable", Errno.EAGAIN),
          entry("Cannot allocate memory", Errno.ENOMEM),
          entry("Permission denied", Errno.EACCES),
          entry("Bad address", Errno.EFAULT),
          entry("Device or resource busy", Errno.EBUSY),
          entry("File exists", Errno.EEXIST),
          entry("No such device", Errno.ENODEV),
          entry("Not a directory", Errno.ENOTDIR),
          entry("Is a directory", Errno.EISDIR),
          entry("Invalid argument", Errno.EINVAL),
          entry("No space left on device", Errno.ENOSPC),
          entry("Read-only file system", Errno.EROFS),
          entry("Numerical result out of range", Errno.ERANGE),
          entry("Too many levels of symbolic links", Errno.ELOOP),
          entry("Value too large for defined data type", Errno.EOVERFLOW),
          entry("Too many users", Errno.EUSERS),
          entry("Operation not supported", Errno.EOPNOTSUPP),
          entry("Transport endpoint is not connected", Errno.ENOTCONN),
          entry("Connection timed out", Errno.ETIMEDOUT));

  static Refusal of(IOException failure) {
    if (failure.getCause() instanceof ErrnoException refusal) {
      return new Refusal(refusal.errno(), String.valueOf(refusal.getMessage()));
    }
    String text = text(failure);
    Errno errno =
        switch (failure) {
          case NoSuchFileException e -> Errno.ENOENT;
          case AccessDeniedException e -> Errno.EACCES;
          case FileAlreadyExistsException e -> Errno.EEXIST;
          case NotDirectoryException e -> Errno.ENOTDIR;
          default -> BY_TEXT.get(text);
        };
    return new Refusal(errno, errno != null && text.isEmpty() ? errno.text() : text);
  }

  /** The reason alone, without the file's name. */
  private static String text(IOException failure) {
    String text =
        failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
    return text == null ? "" : text;
  }

  @Override
  public String toString() {
    return errno == null ? text : errno + ": " + text;
  }
}
