// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * What the user of a group sets up against the close of the group's file, all interleavings of the
 * real file, group and container: the next user finds nothing of it.
 */
@DisplayName("vfio 1.5, 2.3: a group and its container against close")
class GroupFileLincheckTest {
  private static final Interleavings INTERLEAVINGS = new Interleavings(500);

  @Test
  @DisplayName(
      "2.3: SET_CONTAINER is refused or undone by the close; the next user has no container")
  void containerAgainstClose() {
    INTERLEAVINGS.explore(Real.class, "join", "close");
  }

  @Test
  @DisplayName("2.3: a file that looks whether it is closed, and then joins, leaves its container")
  void plantedContainerAgainstClose() {
    INTERLEAVINGS.find(LookThenCall.class, "join", "close");
  }

  @Test
  @DisplayName("2.3: a guest that is named is forgotten with the close")
  void guestAgainstClose() {
    INTERLEAVINGS.explore(Real.class, "name", "close");
  }

  @Test
  @DisplayName("2.3: a file that looks whether it is closed, and then names, leaves its guest")
  void plantedGuestAgainstClose() {
    INTERLEAVINGS.find(LookThenCall.class, "name", "close");
  }

  @Test
  @DisplayName("2.3: the next user finds the group busy, or clean")
  void nextUser() {
    INTERLEAVINGS.explore(Real.class, "join", "close", "next");
  }

  @Test
  @DisplayName("2.3: a file that looks whether it is closed, and then joins, meets the next user")
  void plantedNextUser() {
    INTERLEAVINGS.find(LookThenCall.class, "join", "close", "next");
  }

  /** The group itself, without a host: it only counts the uses of its module. */
  private static final class Group extends VfioGroup {
    private int moduleUses;

    Group() {
      super(0, 0, null, null, _ -> {});
    }

    @Override
    boolean getModule() {
      return ++moduleUses > 0;
    }

    @Override
    void putModule() {
      moduleUses--;
    }
  }

  /** A group that is open, with a container beside it. */
  private abstract static class Scenario {
    final Group group = new Group();
    final Container container = new Container(() -> null, "first");
    final GroupFile file;
    private volatile String seen = "";

    Scenario() {
      group.open();
      file = file(group);
    }

    abstract GroupFile file(VfioGroup of);

    public void join() {
      orClosed(() -> file.setContainer(container));
    }

    public void name() {
      orClosed(() -> file.setGuest("guest of the first"));
    }

    public void close() {
      file.close();
    }

    public void next() {
      try {
        group.open();
      } catch (ErrnoException busy) {
        seen += busy.errno() == Errno.EBUSY ? "" : "opened: " + busy.errno() + " ";
        return;
      }
      seen += group.status() == VfioGroup.VIABLE ? "" : "in the container of the first ";
      seen += group.guest() == null ? "" : "with the guest of the first ";
      group.release();
    }

    public String verdict() {
      next();
      try {
        container.setIommu(3);
      } catch (ErrnoException refusal) {
        boolean empty = String.valueOf(refusal.getMessage()).contains("no group");
        seen += empty ? "" : "the container has the group ";
      }
      seen += group.moduleUses == 0 ? "" : "the module is in use ";
      return seen.isEmpty() ? Interleavings.WELL : seen;
    }

    private void orClosed(Runnable call) {
      try {
        call.run();
      } catch (ErrnoException refusal) {
        seen += refusal.errno() == Errno.EBADF ? "" : "refused with " + refusal.errno() + " ";
      }
    }
  }

  /** The file itself. */
  public static final class Real extends Scenario {
    public Real() {}

    @Override
    GroupFile file(VfioGroup of) {
      return new GroupFile(of, "first");
    }
  }

  /** The planted bug: a call only looks whether the file is closed, and is not counted. */
  public static final class LookThenCall extends Scenario {
    public LookThenCall() {}

    @Override
    GroupFile file(VfioGroup of) {
      return new GroupFile(of, "first", new Looking(of::release));
    }
  }

  private static final class Looking extends FileUses {
    private final AtomicBoolean released = new AtomicBoolean();

    Looking(Runnable release) {
      super(release);
    }

    @Override
    boolean enter() {
      return !isClosed();
    }

    @Override
    void put() {
      if (isClosed() && released.compareAndSet(false, true)) {
        super.put();
      }
    }
  }
}
