package org.mdev4j.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.fuse.linux.Libc;

/**
 * A tree and the machine's own {@code /sys} in one: a tmpfs in which each entry is bound to where
 * it is really. A directory that only one side has is bound whole, and so shows what comes and goes
 * in it; one that both have is made here, and has in it what both sides had when it was made. Where
 * both have a file or link of one name, the tree's is seen.
 *
 * <p>Only for a mount namespace of one's own.
 */
final class MergedSysfs implements AutoCloseable {
  private final Path scratch;
  private final SysfsMount tree;

  private MergedSysfs(Path scratch, SysfsMount tree) {
    this.scratch = scratch;
    this.tree = tree;
  }

  /** Mounts over {@code sys}, which is the machine's until then. */
  static MergedSysfs mountAt(SysfsTree tree, Path sys) throws IOException {
    Path scratch = Files.createTempDirectory("mdev4j-");
    try {
      // So that the work is hidden, and gone with the namespace.
      mountTmpfs(scratch);
      Path ours = Files.createDirectory(scratch.resolve("ours"));
      Path merged = Files.createDirectory(scratch.resolve("merged"));
      SysfsMount mount = SysfsMount.mountAt(tree, ours);
      try {
        merge(ours, sys, merged);
        bind(merged, sys);
        return new MergedSysfs(scratch, mount);
      } catch (IOException | RuntimeException failure) {
        mount.close();
        throw failure;
      }
    } catch (IOException | RuntimeException failure) {
      remove(scratch);
      throw failure;
    }
  }

  @Override
  public void close() throws IOException {
    tree.close();
    remove(scratch);
  }

  private static void merge(Path ours, Path theirs, Path into) throws IOException {
    for (Path entry : list(ours)) {
      Path other = theirs.resolve(entry.getFileName());
      Path place = into.resolve(entry.getFileName());
      if (isDirectory(entry) && isDirectory(other) && !list(other).isEmpty()) {
        Files.createDirectory(place);
        merge(entry, other, place);
      } else {
        show(entry, place);
      }
    }
    for (Path entry : list(theirs)) {
      Path place = into.resolve(entry.getFileName());
      if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        show(entry, place);
      }
    }
  }

  private static void show(Path entry, Path place) throws IOException {
    if (Files.isSymbolicLink(entry)) {
      // Links in a sysfs are relative, so they lead to the merged place.
      Files.createSymbolicLink(place, Files.readSymbolicLink(entry));
      return;
    }
    if (isDirectory(entry)) {
      Files.createDirectory(place);
    } else {
      Files.createFile(place);
    }
    bind(entry, place);
  }

  private static void bind(Path from, Path to) throws MountException {
    int result = Libc.mount(from.toString(), to.toString(), null, Libc.MS_BIND | Libc.MS_REC, null);
    if (result < 0) {
      throw new MountException(MountAdvice.forMount(-result, to));
    }
  }

  private static void mountTmpfs(Path directory) throws MountException {
    int result =
        Libc.mount(
            "mdev4j",
            directory.toString(),
            "tmpfs",
            Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC,
            "mode=755");
    if (result < 0) {
      throw new MountException(MountAdvice.forMount(-result, directory));
    }
  }

  private static void remove(Path scratch) throws IOException {
    Libc.umount(scratch.toString(), Libc.MNT_DETACH);
    Files.delete(scratch);
  }

  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }
}
