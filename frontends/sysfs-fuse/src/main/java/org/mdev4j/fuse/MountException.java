package org.mdev4j.fuse;

import java.io.IOException;

/** Something can't be mounted; the message says in one line what is missing and what to do. */
public final class MountException extends IOException {
  private static final long serialVersionUID = 1L;

  MountException(String message) {
    super(message);
  }
}
