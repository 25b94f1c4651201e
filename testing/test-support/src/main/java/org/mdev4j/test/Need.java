// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One thing that a test may need of the machine. */
public enum Need {
  /** The right to mount: {@code CAP_SYS_ADMIN} in the initial user namespace. */
  ROOT("root") {
    @Override
    boolean isMet() {
      return succeeds("unshare", "--mount", "true");
    }
  },
  /** The FUSE device, which can be opened. */
  FUSE("/dev/fuse, which this user can open") {
    @Override
    boolean isMet() {
      Path device = Path.of("/dev/fuse");
      return Files.isReadable(device) && Files.isWritable(device);
    }
  },
  /** User namespaces that this user can create. */
  USER_NAMESPACES("user namespaces") {
    @Override
    boolean isMet() {
      return succeeds("unshare", "--user", "--map-root-user", "true");
    }
  },
  /** The command mdevctl. */
  MDEVCTL("mdevctl (Debian package mdevctl)") {
    @Override
    boolean isMet() {
      return isOnPath("mdevctl");
    }
  };

  private final String name;

  Need(String name) {
    this.name = name;
  }

  /** Returns whether this machine has it, for the user that runs the tests. */
  abstract boolean isMet();

  /** Returns its name, and where to get it. */
  @Override
  public String toString() {
    return name;
  }

  private static boolean isOnPath(String command) {
    String path = System.getenv().getOrDefault("PATH", "");
    return List.of(path.split(File.pathSeparator)).stream()
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }

  private static boolean succeeds(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException notInstalled) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
