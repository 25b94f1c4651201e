package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.TestHost;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;

/** Chapter 6: interrupts are what GET_IRQ_INFO says of them. */
interface InterruptsChapter extends Contract {
  @Test
  @DisplayName(
      "6.1 required: every interrupt that says EVENTFD is set up and let go of, and no other"
          + " (spec/vfio.md 4.4 to 4.6)")
  default void interrupts_setUp(TestHost host) {
    Contract.withEachType(
        host,
        (type, user) -> {
          int indexes = user.file().info(16).irqs();
          Contract.assertNoSuchIndex(indexes, () -> user.trigger(indexes));
          for (int index = 0; index < indexes; index++) {
            String which = "interrupt %d of a %s".formatted(index, type);
            IrqIndex info = infoOf(user, index);
            if (info == null || info.count() == 0 || (info.flags() & IrqIndex.EVENTFD) == 0) {
              assertRefused(user, index, which);
            } else {
              assertSetUp(user, index, info, which);
            }
          }
        });
  }

  private static void assertSetUp(DeviceUser user, int index, IrqIndex info, String which) {
    for (int i = 0; i < info.count(); i++) {
      int subindex = i;
      assertThat(
              Contract.refusalOf(
                  "setting up " + which,
                  () -> {
                    EventCounter _ = user.trigger(index, subindex);
                  }))
          .as(
              "errno of setting up number %d of %s, which says EVENTFD: IrqIndex.none is for what"
                  + " is not implemented",
              subindex, which)
          .isNull();
    }
    assertThat(
            Contract.refusalOf(
                "letting go of " + which, () -> user.irqs(index, IrqSet.ACTION_TRIGGER, 0, 0)))
        .as("errno of letting go of %s: give it the kind of IrqIndex that it is", which)
        .isNull();
    TestHost.assertErrno(Errno.EINVAL, () -> user.trigger(index, info.count()));
  }

  private static void assertRefused(DeviceUser user, int index, String which) {
    assertThat(
            Contract.refusalOf(
                "setting up " + which,
                () -> {
                  EventCounter _ = user.trigger(index);
                }))
        .as(
            "errno of setting up %s, which does not say EVENTFD or has a count of 0: say what it"
                + " can do, as the methods of IrqIndex do, or make it IrqIndex.none",
            which)
        .isNotNull();
  }

  private static @Nullable IrqIndex infoOf(DeviceUser user, int index) {
    IrqIndex[] found = new IrqIndex[1];
    Errno refusal =
        Contract.refusalOf("GET_IRQ_INFO", () -> found[0] = user.file().irqInfo(16, index));
    return refusal == null ? found[0] : null;
  }
}
