package org.mdev4j.testkit.contract;

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
    try (DeviceUser user = host.open(Contract.someDevice(host))) {
      int indexes = user.file().info(16).irqs();
      Contract.assertNoSuchIndex(indexes, () -> user.trigger(indexes));
      for (int index = 0; index < indexes; index++) {
        int which = index;
        IrqIndex info = infoOf(user, index);
        if (info == null || info.count() == 0) {
          continue;
        }
        for (int i = 0; i < info.count(); i++) {
          EventCounter _ = user.trigger(index, i);
        }
        user.irqs(index, IrqSet.ACTION_TRIGGER, 0, 0);
        TestHost.assertErrno(Errno.EINVAL, () -> user.trigger(which, info.count()));
      }
    }
  }

  private static @Nullable IrqIndex infoOf(DeviceUser user, int index) {
    IrqIndex[] found = new IrqIndex[1];
    Errno refusal =
        Contract.refusalOf("GET_IRQ_INFO", () -> found[0] = user.file().irqInfo(16, index));
    return refusal == null && (found[0].flags() & IrqIndex.EVENTFD) != 0 ? found[0] : null;
  }
}
