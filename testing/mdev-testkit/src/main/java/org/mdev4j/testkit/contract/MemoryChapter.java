package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.FaultyMemory;
import org.mdev4j.testkit.host.TestHost;

/** Chapter 7: the user's memory is the user's. */
interface MemoryChapter extends Contract {
  @Test
  @DisplayName(
      "7.1 required: memory is unmapped while the device is open, whatever it did with it"
          + " (spec/vfio.md 5.3)")
  default void memory_unmapped(TestHost host) {
    try (DeviceUser user = host.open(Contract.someDevice(host))) {
      int buffers = host.host().memory().inUse();
      FaultyMemory memory = FaultyMemory.pages(PAGES);
      user.map(IOVA, memory);
      tryToUse(user);
      assertThat(
              Contract.refusalOf(
                  "unmapping the user's memory", () -> user.unmap(IOVA, memory.size())))
          .as("errno of unmapping the user's memory: unpin in PinsMemory.dmaUnmap")
          .isNull();
      assertThat(host.host().memory().inUse())
          .as("pages that are pinned when their memory was unmapped")
          .isLessThanOrEqualTo(buffers);
    }
  }

  @Test
  @DisplayName(
      "7.2 required: memory that can't be reached is an error of the user's request"
          + " (spec/vfio.md 5.4)")
  default void memory_faulting(TestHost host) {
    try (DeviceUser user = host.open(Contract.someDevice(host))) {
      tryToUse(user);
      user.map(IOVA, FaultyMemory.pages(PAGES).faulting());
      tryToUse(user);
      user.unmap(IOVA, (long) PAGES * 4096);
      user.map(IOVA, FaultyMemory.pages(PAGES).refusingPins());
      tryToUse(user);
    }
  }
}
