package org.mdev4j.driver.ccw.soak;

import java.util.Arrays;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.device.CcwDevice;
import org.mdev4j.driver.ccw.soak.Ledger.Fate;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;

/** Opens devices, runs programs, and vanishes, again and again. Used by one thread. */
final class SoakUser implements Runnable {
  private static final int PROGRAM = CcwUser.IOVA;
  private static final int LIST = PROGRAM + 0x1000;
  private static final int DATA = 0x4000_0000;
  private static final int SIZE = 0x10000;
  private static final int PATIENCE = 30_000;
  private static final int LONG = 1_000;

  private final CcwHost host;
  private final SoakMachine machine;
  private final Ledger ledger;
  private final Random random;
  private final BooleanSupplier over;

  /** Whether the program that was started last waits to be stopped. */
  private boolean suspends;

  SoakUser(CcwHost host, SoakMachine machine, Ledger ledger, long seed, BooleanSupplier over) {
    this.host = host;
    this.machine = machine;
    this.ledger = ledger;
    this.random = new Random(seed);
    this.over = over;
  }

  @Override
  public void run() {
    while (!over.getAsBoolean()) {
      int number = random.nextInt(SoakMachine.SUBCHANNELS);
      String uuid = machine.deviceOf(number);
      if (uuid == null) {
        continue;
      }
      try (CcwUser user = host.open(uuid)) {
        ledger.happened("open");
        use(user, new Statuses("subchannel " + number, number < SoakMachine.UNSTEADY, ledger));
      } catch (ErrnoException refusal) {
        ledger.happened("open in vain");
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void use(CcwUser user, Statuses statuses) throws InterruptedException {
    user.map(DATA, GuestMemory.of(user.memory.asSlice(SIZE, SIZE)));
    user.trigger(CcwDevice.IO_IRQ, () -> statuses.signalled(user));
    for (int left = random.nextInt(12); left > 0; left--) {
      if (user.req.take() > 0 || !runOne(user, statuses)) {
        return;
      }
    }
  }

  /** Runs one program to whatever end. False if the user has had enough. */
  private boolean runOne(CcwUser user, Statuses statuses) throws InterruptedException {
    Orb orb = program(user);
    statuses.starting();
    try {
      byte[] request = CcwUser.request(orb, Scsw.START);
      // The rest of the region is for what comes back.
      var _ = user.write(CcwUser.IO, Arrays.copyOf(request, 24));
    } catch (ErrnoException refusal) {
      statuses.aborted();
      ledger.add(Fate.REFUSED);
      return refusal.errno() != Errno.EIO && refusal.errno() != Errno.ENODEV;
    }
    return switch (random.nextInt(10)) {
      case 0 -> {
        // Vanishes.
        ledger.add(Fate.ABORTED);
        yield false;
      }
      case 1 -> abort(statuses, () -> user.file.reset());
      case 2 ->
          abort(
              statuses,
              () -> {
                user.container.iommu().unmap(new DmaUnmap(DmaUnmap.SIZE, 0, DATA, SIZE, null));
                user.map(DATA, GuestMemory.of(user.memory.asSlice(SIZE, SIZE)));
                // A program of NOPs alone has no page there, and goes on.
                user.file.reset();
              });
      case 3, 4 -> {
        stop(user, statuses);
        yield finish(user, statuses);
      }
      default -> finish(user, statuses);
    };
  }

  private boolean abort(Statuses statuses, Runnable how) {
    try {
      how.run();
      statuses.aborted();
      ledger.add(Fate.ABORTED);
      return true;
    } catch (ErrnoException broken) {
      ledger.add(Fate.LOST);
      return false;
    }
  }

  private void stop(CcwUser user, Statuses statuses) {
    statuses.stopping(true);
    try {
      user.command(1 + random.nextInt(2));
    } catch (ErrnoException refusal) {
      // Its status is pending, or it is gone: what is waited for next tells.
      statuses.stopping(false);
    }
  }

  private boolean finish(CcwUser user, Statuses statuses) throws InterruptedException {
    for (int waited = 0; waited < PATIENCE; waited += 100) {
      if (statuses.await(100)) {
        ledger.add(statuses.fate());
        return true;
      }
      if (isGone(user)) {
        ledger.add(Fate.LOST);
        return false;
      }
      // A start that is cancelled because its path is lost tells nothing: its user clears.
      boolean cancelled = !statuses.isSteady() && waited >= LONG;
      if (suspends || cancelled) {
        stop(user, statuses);
      }
    }
    ledger.wrong(
        "a program neither ends nor is refused: " + user.schib().scsw() + " after " + user.irb());
    return false;
  }

  private static boolean isGone(CcwUser user) {
    try {
      var _ = user.schib();
      return false;
    } catch (ErrnoException gone) {
      return true;
    }
  }

  /** A program of one to three CCWs, of which some can't be translated. */
  private Orb program(CcwUser user) {
    suspends = random.nextInt(12) == 0;
    int[] commands = {0x02, 0x02, 0x0A, 0x12, 0x0E, 0x05, 0x05, 0x01, 0x03, 0x77};
    int length = 1 + random.nextInt(3);
    for (int i = 0; i < length; i++) {
      int command = commands[random.nextInt(commands.length)];
      int flags = Ccw.SUPPRESS_LENGTH | (i < length - 1 ? Ccw.CHAIN_COMMAND : 0);
      int address = DATA + random.nextInt(SIZE - 0x2000);
      if (random.nextInt(3) == 0) {
        flags |= Ccw.INDIRECT;
        put(user, LIST + 64 * i, DATA + random.nextInt(0x8000));
        put(user, LIST + 64 * i + 8, DATA + 0x9000);
        address = LIST + 64 * i;
      } else if (random.nextInt(40) == 0) {
        address = 0x2000;
      }
      if (suspends && i == length - 1) {
        flags |= Ccw.SUSPEND;
      }
      int count = 1 + random.nextInt(0x1000);
      put(user, PROGRAM + 8 * i, new Ccw(command, flags, count, address).toFormat1());
    }
    Orb orb = CcwUser.orb(PROGRAM);
    return suspends ? new Orb(0, orb.word1() | Orb.SUSPEND, PROGRAM) : orb;
  }

  private static void put(CcwUser user, int iova, long word) {
    BigEndian.doubleword(user.memory, iova - CcwUser.IOVA, word);
  }
}
