package org.mdev4j.device.nio;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;

/** Says an {@link ErrnoException} in the words of {@code java.nio.file}. */
final class Refusals {
  private Refusals() {}

  /** {@code refusal}, which {@code path} met, as its cause. */
  static FileSystemException asFileSystemException(ErrnoException refusal, SysfsPath path) {
    String file = path.toString();
    String reason = reason(refusal);
    FileSystemException exception =
        switch (refusal.errno()) {
          case ENOENT -> new NoSuchFileException(file, null, reason);
          case EACCES -> new AccessDeniedException(file, null, reason);
          case EEXIST -> new FileAlreadyExistsException(file, null, reason);
          case ENOTDIR -> new NotDirectory(file, reason);
          case ELOOP -> new Loop(file, reason);
          default -> new FileSystemException(file, null, reason);
        };
    return causedBy(refusal, exception);
  }

  /** The text of an exception for {@code refusal}; programs find the errno's name first. */
  static String reason(ErrnoException refusal) {
    return refusal.errno() + ": " + refusal.getMessage();
  }

  /** {@code exception}, made ready to be thrown. */
  static <X extends FileSystemException> X causedBy(ErrnoException refusal, X exception) {
    exception.initCause(refusal);
    return exception;
  }

  /** {@link NotDirectoryException} takes no reason. */
  private static final class NotDirectory extends NotDirectoryException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    NotDirectory(String file, String reason) {
      super(file);
      this.reason = reason;
    }

    @Override
    public @Nullable String getReason() {
      return reason;
    }
  }

  /** {@link FileSystemLoopException} takes no reason. */
  private static final class Loop extends FileSystemLoopException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    Loop(String file, String reason) {
      super(file);
      this.reason = reason;
    }

    @Override
    public @Nullable String getReason() {
      return reason;
    }
  }
}
