package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.await;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.css.Crw;
import org.mdev4j.device.errno.Errno;

@DisplayName("nothing of one user passes to the next, as it does in the kernel")
class NextUserTest {
  private final CcwHost host = new CcwHost();
  private String uuid = "";

  /** How the next user comes to the device. */
  enum Next {
    OPENS_AGAIN,
    OPENS_A_NEW_DEVICE
  }

  @AfterEach
  void close() {
    host.close();
  }

  private CcwUser first() {
    host.bind(0);
    uuid = host.create(0);
    return host.open(uuid);
  }

  private CcwUser next(Next how) {
    if (how == Next.OPENS_A_NEW_DEVICE) {
      host.remove(uuid);
      uuid = host.create(0);
    }
    return host.open(uuid);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("not what is in the I/O and command regions")
  void regions(Next how) {
    try (CcwUser user = first()) {
      user.start(0xE4, 40);
      var _ = user.awaitIrb();
      user.clear();
      var _ = user.awaitIrb();
    }
    try (CcwUser user = next(how)) {
      assertThat(user.read(CcwUser.IO, CcwUser.IO_SIZE)).containsOnly(0);
      assertThat(user.read(CcwUser.COMMAND, 8)).containsOnly(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("not channel reports that were queued and not read")
  void reports(Next how) {
    try (CcwUser user = first()) {
      host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20));
      await(user.crw);
    }
    try (CcwUser user = next(how)) {
      assertThat(user.readCrw()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("not eventfds: the next user's signals go to nobody else")
  void eventfds(Next how) {
    CcwUser gone = first();
    gone.close();
    try (CcwUser user = next(how)) {
      user.trigger(0, null);
      user.trigger(1, null);
      user.trigger(2, null);
      user.start(0xE4, 40);
      host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20));
      host.css().settle();
      CompletableFuture<Void> removal = CcwHost.inBackground(() -> host.unbind(0));
      host.awaitTimer();
      assertThat(host.state(user)).isEqualTo("IDLE");
      assertThat(gone.io.peek() + gone.crw.peek() + gone.req.peek()).isZero();
      user.closeDevice();
      CcwHost.join(removal);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("not a return code")
  void returnCode(Next how) {
    try (CcwUser user = first()) {
      assertErrno(Errno.EINVAL, () -> user.start(CcwUser.orb(0x7000_0000)));
      assertThat(user.returnCode()).isEqualTo(-Errno.EINVAL.number());
    }
    try (CcwUser user = next(how)) {
      assertThat(user.returnCode()).isZero();
    }
  }
}
