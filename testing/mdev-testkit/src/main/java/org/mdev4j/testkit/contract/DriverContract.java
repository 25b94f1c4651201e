package org.mdev4j.testkit.contract;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.HostExtension;

/**
 * What a driver promises to the cores, to its users and to stock tools. In the driver's own module:
 *
 * {@snippet :
 * class ContractTest extends DriverContract {
 *   @Override
 *   public DriverSetup driver() {
 *     return DriverSetup.of(new MyModule());
 *   }
 * }
 * }
 *
 * <p>The tests are numbered by chapter. A <em>required</em> one every driver passes; an
 * <em>optional</em> one is for drivers that can do what it is about, and skipped for others. Each
 * has a fresh host, and fails also if anything is left of the driver when it is over.
 *
 * <p>A driver that blocks for good fails as well: what must end by itself has {@link
 * DriverSetup#limits}, and a whole test five minutes; give the class a {@link Timeout} of its own
 * where that is not right.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
public abstract class DriverContract
    implements TypesChapter,
        LimitsChapter,
        LifecycleChapter,
        UsersChapter,
        RegionsChapter,
        InterruptsChapter,
        MemoryChapter {
  @SuppressWarnings("this-escape") // called before each test, when this is complete
  @RegisterExtension
  final HostExtension hosts = HostExtension.of(this::driver);

  /** The driver and what it needs; asked before each test. */
  @Override
  public abstract DriverSetup driver();

  /**
   * Works with an open device as its user would, so that memory gets pinned, timers start and
   * interrupts come; memory is mapped from IOVA {@value Contract#IOVA} on, {@value Contract#PAGES}
   * pages. Every refusal is fine but {@code EIO}, also that of a user who has mapped no memory, and
   * it may just come out. The default writes to every region that can be written, which a driver
   * with rules of its own will mostly refuse.
   */
  @Override
  public void use(DeviceUser user) {
    Scribble.over(user);
  }

  /**
   * Whether accesses beyond the end of a region, which are in no other region either, are answered:
   * for a device whose real counterpart does so. Test 5.4 is skipped then.
   */
  @Override
  public boolean answersBeyondRegions() {
    return false;
  }

  /**
   * Whether a region shows the hardware below, which remembers by itself what was done with it.
   * Tests of what is left of a user do not look at that region then.
   */
  @Override
  public boolean showsHardware(int region) {
    return false;
  }

  /**
   * Whether a region that says WRITE takes only what makes sense to it, such as a whole request,
   * and may refuse even what was just read from it. Test 5.3 does not ask for a write then.
   */
  @Override
  public boolean refusesWrites(int region) {
    return false;
  }

  /**
   * Whether a reset leaves a region's bytes as they are: for a device whose real counterpart does
   * so. Test 4.5 does not look at that region then.
   */
  @Override
  public boolean resetKeeps(int region) {
    return false;
  }
}
