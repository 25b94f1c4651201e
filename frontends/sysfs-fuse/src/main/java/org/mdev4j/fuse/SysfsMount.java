package org.mdev4j.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.fuse.linux.Libc;
import org.mdev4j.fuse.session.KernelDevice;
import org.mdev4j.fuse.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tree's {@code /sys} as a file system of the machine, for as long as this is open.
 *
 * {@snippet :
 * try (Host host = Host.start();
 *     SysfsMount mount = SysfsMount.mount(host.tree(), Path.of("/run/mdev4j"))) {
 *   new ProcessBuilder("find", "/run/mdev4j").inheritIO().start().waitFor();
 * }
 * }
 *
 * <p>It behaves as the kernel's own sysfs does: contents are computed when they are read, one write
 * is one store, each errno arrives as it was thrown. Modes are checked by the kernel, and for root
 * too where a file can't be read or written at all.
 *
 * <p>Needs the right to mount: root, or a user namespace. Thread-safe.
 */
public final class SysfsMount implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SysfsMount.class);

  private static final String DEVICE = "/dev/fuse";
  private static final String SOURCE = "mdev4j";
  private static final long FLAGS = Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC;

  private final SysfsTree tree;
  private final Path directory;
  private final Session session;
  private boolean closed;

  private SysfsMount(SysfsTree tree, Path directory, Session session) {
    this.tree = tree;
    this.directory = directory;
    this.session = session;
  }

  /**
   * Mounts at an empty directory. What a killed host has left mounted there is removed first.
   *
   * @throws MountException if that is not possible, saying what is missing and what to do
   */
  public static SysfsMount mount(SysfsTree tree, Path directory) throws IOException {
    return mountAt(tree, MountPoint.prepare(directory));
  }

  /**
   * Mounts over a directory, whatever is in it or mounted on it. Only fit for a mount namespace of
   * one's own: everybody in it sees the tree instead.
   *
   * @throws MountException if that is not possible, saying what is missing and what to do
   */
  static SysfsMount mountAt(SysfsTree tree, Path directory) throws IOException {
    int descriptor = Libc.open(DEVICE, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (descriptor < 0) {
      throw new MountException(MountAdvice.forDevice(-descriptor));
    }
    // Whoever mounts is the owner of the mount, not of the files in it.
    Object owner = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    Object group = Files.getAttribute(Path.of("/proc/self"), "unix:gid");
    String options =
        String.format(
            "fd=%d,rootmode=40755,user_id=%s,group_id=%s,default_permissions,allow_other",
            descriptor, owner, group);
    int result = Libc.mount(SOURCE, directory.toString(), MountPoint.TYPE, FLAGS, options);
    if (result < 0) {
      Libc.close(descriptor);
      throw new MountException(MountAdvice.forMount(-result, directory));
    }
    Session session =
        new Session(KernelDevice.of(descriptor), tree.sys(), "sysfs " + directory.getFileName());
    tree.listen(session);
    session.start();
    SysfsMount mount = new SysfsMount(tree, directory, session);
    var _ = session.ended().thenRun(mount::sayWhoEndedIt);
    return mount;
  }

  /** Where it is, free of links. */
  public Path directory() {
    return directory;
  }

  /** Completes when it is mounted no longer, whoever unmounted it. */
  public CompletionStage<@Nullable Void> ended() {
    return session.ended();
  }

  /**
   * Unmounts, also while files are open: reads and writes in progress fail for those who wait for
   * them ({@code ECONNABORTED}), what they began goes on. Does nothing if it was unmounted by
   * somebody else. Must be called in the mount namespace in which it was mounted.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!session.isEnded()) {
      unmount();
    }
    tree.unlisten(session);
  }

  private synchronized void sayWhoEndedIt() {
    if (!closed) {
      log.warn("{} was unmounted by somebody else", directory);
    }
  }

  private void unmount() {
    String place = directory.toString();
    // Forced, it ends what waits for an answer; with files open it is detached as well. In some
    // user namespaces force is not permitted; then who waits is told when this process ends.
    int result = Libc.umount(place, Libc.MNT_FORCE);
    if (result < 0) {
      result = Libc.umount(place, Libc.MNT_DETACH);
    }
    // EINVAL: nothing is mounted there any more.
    if (result < 0 && result != -Errno.EINVAL.number()) {
      log.error("{} could not be unmounted (errno {})", place, -result);
    }
  }
}
