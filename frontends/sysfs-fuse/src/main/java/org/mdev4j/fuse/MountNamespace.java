package org.mdev4j.fuse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.fuse.linux.Libc;

/**
 * A mount namespace of its own for one task, and for the programs that the task starts: they see
 * the tree at {@code /sys}, and nobody else does.
 *
 * <p>Linux lets a single thread leave the mount namespace of its process, and what a thread starts
 * is in the thread's. So this needs no helper program, and nothing to be cleaned up: the namespace
 * and all its mounts end with the thread and its programs, also when the process is killed.
 */
public final class MountNamespace {
  private static final Path SYS = Path.of("/sys");

  private MountNamespace() {}

  /** What the task sees at {@code /sys}. */
  public enum View {
    /** The tree alone. */
    TREE,
    /** The tree, and beside it what the machine has. Where both have a file, the tree's is seen. */
    MERGED
  }

  /**
   * Runs {@code task} in a thread of its own, with {@code tree} at {@code /sys}; when it ends, the
   * tree is unmounted.
   *
   * @return what the task returned
   * @throws MountException if that is not possible, saying what is missing and what to do
   * @throws IOException what the task threw
   */
  public static <T> T run(SysfsTree tree, View view, Callable<T> task)
      throws IOException, InterruptedException {
    FutureTask<T> inside = new FutureTask<>(() -> runInside(tree, view, task));
    Thread thread = Thread.ofPlatform().name("mount-namespace").start(inside);
    try {
      return inside.get();
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> throw new IllegalStateException(failure);
      }
    } finally {
      thread.interrupt();
    }
  }

  private static <T> T runInside(SysfsTree tree, View view, Callable<T> task) throws Exception {
    int result = Libc.unshare(Libc.CLONE_NEWNS);
    if (result < 0) {
      throw new MountException(MountAdvice.forNamespace(-result));
    }
    // Or else what is mounted here would be mounted for everybody.
    result = Libc.mount(null, "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
    if (result < 0) {
      throw new MountException(MountAdvice.forNamespace(-result));
    }
    try (AutoCloseable _ =
        switch (view) {
          case TREE -> SysfsMount.mountAt(tree, SYS);
          case MERGED -> MergedSysfs.mountAt(tree, SYS);
        }) {
      return task.call();
    }
  }
}
