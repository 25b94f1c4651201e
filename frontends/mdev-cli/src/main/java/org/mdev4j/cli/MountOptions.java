package org.mdev4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.fuse.MountException;
import org.mdev4j.fuse.SysfsMount;
import picocli.CommandLine.Option;

/** Mounts the host's tree. */
final class MountOptions implements HostPart {
  @Option(
      names = "--mount",
      paramLabel = "DIR",
      description = "Mount the tree at an empty directory, which is what /sys is.")
  private @Nullable Path directory;

  MountOptions() {}

  @Override
  public void start(Host host, Scope scope) throws VerbException, IOException {
    if (directory != null) {
      try {
        scope.own(SysfsMount.mount(host.tree(), directory));
      } catch (MountException refused) {
        throw new VerbException(String.valueOf(refused.getMessage()), refused);
      }
    }
  }
}
