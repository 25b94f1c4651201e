package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.vfiouser.raw.Answer;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.Conversations;
import org.mdev4j.vfiouser.raw.RawClient;

@DisplayName("spec/tools.md 4: what QEMU sends, in its order, and what it needs in return")
class QemuConversationTest {
  /** QEMU receives into memory of the request's size, but for region info, which says its own. */
  private static final int REGION_INFO = 5;

  @Test
  @DisplayName("each message is answered, none refused, no reply is larger than QEMU has room for")
  void oneAfterTheOther() {
    play(false);
  }

  @Test
  @DisplayName("the same, all sent before the first reply is read")
  void pipelined() {
    play(true);
  }

  private void play(boolean pipelined) {
    ServedDevice device = new ServedDevice();
    try (ServingHost host = new ServingHost()) {
      host.register("dev", device);
      List<String> before = C.openFiles();
      try (VfioUserServer server = host.serve("dev", ServerLimits.USUAL)) {
        for (int guest = 0; guest < 2; guest++) {
          try (RawClient qemu = new RawClient(server.path())) {
            assertThat(qemu.call(1, Conversations.qemuVersion()).isError()).isFalse();
            converse(qemu, pipelined);
            assertThat(qemu.read(1, 0, 4).from(16)).hasSize(4);
          }
        }
      }
      assertThat(C.openFiles()).isEqualTo(before);
      assertThat(device.calls).startsWith("open", "reset").endsWith("reset", "close");
    }
  }

  private static void converse(RawClient qemu, boolean pipelined) {
    int memory = C.memfd(0x80000);
    List<Conversations.Sent> waiting = new ArrayList<>();
    for (Conversations.Sent sent : Conversations.qemu()) {
      int[] files =
          sent.files().stream()
              .mapToInt(file -> file == Conversations.File.MEMORY ? memory : C.eventfd(0))
              .toArray();
      qemu.sendRaw(RawClient.message(9, sent.command(), sent.flags(), sent.payload()), files);
      for (int file : files) {
        if (file != memory) {
          C.close(file);
        }
      }
      if (sent.flags() == 0) {
        waiting.add(sent);
      }
      if (!pipelined) {
        waiting.forEach(each -> check(each, qemu.receive()));
        waiting.clear();
      }
    }
    waiting.forEach(each -> check(each, qemu.receive()));
    C.close(memory);
  }

  private static void check(Conversations.Sent sent, Answer answer) {
    assertThat(answer.command()).isEqualTo(sent.command());
    assertThat(answer.isError()).as("%s: errno %d", sent, answer.errno()).isFalse();
    if (sent.command() == REGION_INFO) {
      assertThat(answer.payload()).hasSizeLessThanOrEqualTo(argsz(sent));
      assertThat(answer.descriptors()).hasSizeLessThanOrEqualTo(1);
    } else {
      assertThat(answer.descriptors()).isEmpty();
    }
    answer.descriptors().forEach(C::close);
  }

  private static int argsz(Conversations.Sent sent) {
    return new Answer(0, 0, 0, 0, sent.payload(), List.of()).u32(0);
  }

  @Test
  @DisplayName("INTx: each signal is answered by an unmask, and a level that stays signals again")
  void levels() {
    ServedDevice device = new ServedDevice();
    try (ServingHost host = new ServingHost()) {
      host.register("dev", device);
      int eventfd = C.eventfd(0);
      try (VfioUserServer server = host.serve("dev", ServerLimits.USUAL);
          RawClient qemu = RawClient.agreed(server.path())) {
        assertThat(qemu.errno(8, RawClient.irqSet(0x24, 0, 0, 1), eventfd)).isZero();
        byte[] raise = Bytes.of().u64(16).u32(0).u32(4).u32(1).array();
        byte[] lower = Bytes.of().u64(16).u32(0).u32(4).u32(0).array();
        for (int i = 0; i < 100; i++) {
          qemu.post(10, raise);
          assertThat(qemu.errno(8, RawClient.irqSet(0x11, 0, 0, 1))).isZero();
          assertThat(C.take(eventfd)).as("signalled, unmasked, still there").isEqualTo(2);
          qemu.post(10, lower);
          assertThat(qemu.errno(8, RawClient.irqSet(0x11, 0, 0, 1))).isZero();
          assertThat(C.take(eventfd)).isZero();
        }
      }
      C.close(eventfd);
    }
  }
}
