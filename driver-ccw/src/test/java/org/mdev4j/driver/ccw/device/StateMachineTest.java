package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;
import static org.mdev4j.driver.ccw.device.DeviceBench.IOVA;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel.Step;
import org.mdev4j.driver.ccw.fsm.State;
import org.mdev4j.driver.ccw.fsm.StateMachine;

@DisplayName("ccw 2: what a user is answered in each state")
class StateMachineTest {
  private final DeviceBench bench = new DeviceBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  @DisplayName("9.17, 9.18: while it is closed, starts, halts and clears are EIO")
  void closed() {
    assertErrno(Errno.EIO, bench::start);
    assertThat(bench.returnCode(0)).isEqualTo(-Errno.EIO.number());
    assertErrno(Errno.EIO, () -> bench.command(1));
    assertErrno(Errno.EIO, () -> bench.command(2));
    assertThat(bench.returnCode(1)).isEqualTo(-Errno.EIO.number());
    assertThat(bench.subchannel.issued()).isEmpty();
  }

  @Test
  @DisplayName("9.17, 9.18: once it is broken, starts, halts and clears are EIO")
  void broken() {
    bench.open();
    bench.subchannel.vanish();
    bench.device.checkPresence();
    bench.subchannel.issued();
    assertErrno(Errno.EIO, bench::start);
    assertErrno(Errno.EIO, () -> bench.command(1));
    assertErrno(Errno.EIO, () -> bench.command(2));
    assertThat(bench.subchannel.issued()).isEmpty();
    assertThat(bench.state()).isEqualTo("BROKEN");
  }

  @Test
  @DisplayName("9.17: while a program is pending, another start is EBUSY; the first goes on")
  void pending() {
    bench.open();
    bench.start();
    assertErrno(Errno.EBUSY, bench::start);
    assertThat(bench.returnCode(0)).isEqualTo(-Errno.EBUSY.number());
    assertThat(bench.subchannel.issued()).containsExactly(Step.ENABLE, Step.SSCH);
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.space.pinnedPages()).isOne();
    bench.presentEnd();
    bench.work();
  }

  @Test
  @DisplayName("9.17, 9.18: while a program is prepared, starts, halts and clears are EAGAIN")
  void processing() {
    List<Errno> answers = new ArrayList<>();
    // The device asks for the pages of the program in CP_PROCESSING.
    bench.whenPinning(
        () -> {
          for (int attempt = 1; attempt <= 3; attempt++) {
            int command = attempt;
            try {
              if (command == 3) {
                bench.write(0, CcwUser.request(CcwUser.orb(IOVA), 0x4000));
              } else {
                bench.command(command);
              }
            } catch (ErrnoException refusal) {
              answers.add(refusal.errno());
            }
          }
        });
    bench.open();
    bench.start();
    assertThat(answers).containsExactly(Errno.EAGAIN, Errno.EAGAIN, Errno.EAGAIN);
    assertThat(bench.state()).as("the program was started all the same").isEqualTo("CP_PENDING");
    bench.presentEnd();
    bench.work();
  }

  @Test
  @DisplayName("9.18: halt and clear are issued when idle and while a program is pending")
  void haltAndClear() {
    bench.open();
    bench.command(1);
    bench.present(0x2001, 0, 0);
    bench.command(2);
    bench.present(0x1001, 0, 0);
    bench.start();
    bench.command(1);
    bench.command(2);
    assertThat(bench.subchannel.issued())
        .containsExactly(Step.ENABLE, Step.HSCH, Step.CSCH, Step.SSCH, Step.HSCH, Step.CSCH);
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    bench.present(0x1001, 0, 0);
    bench.work();
  }

  @Test
  @DisplayName("9.16: nothing leaves BROKEN")
  void brokenForGood() {
    StateMachine machine = new StateMachine(bench.subchannel, bench.tracing());
    bench.subchannel.lock().lock();
    try {
      machine.become(State.BROKEN);
      machine.becomeIf(State.CP_PROCESSING, State.IDLE);
      assertThat(machine.state()).isEqualTo(State.BROKEN);
      assertThatThrownBy(() -> machine.become(State.IDLE))
          .isInstanceOf(IllegalStateException.class);
    } finally {
      bench.subchannel.lock().unlock();
    }
  }

  @Test
  @DisplayName("9.16: the state is not looked at without the subchannel lock")
  void needsTheLock() {
    StateMachine machine = new StateMachine(bench.subchannel, bench.tracing());
    assertThatThrownBy(machine::state).isInstanceOf(IllegalStateException.class);
  }
}
