package org.mdev4j.fuse.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.fuse.wire.Opcode;

/** Workers come and go with the requests; one always reads. */
class WorkersTest {
  private static final int ROUNDS = 3_000;
  private static final int AT_ONCE = 8;
  private static final int ROOT = 1;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theLastOneNeverGoes(int mostIdle) throws Exception {
    FakeDevice device = new FakeDevice();
    Session session = new Session(device, new ToyTree().tree.sys(), "workers", mostIdle);
    session.start();
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < AT_ONCE; i++) {
        var _ = device.send(Opcode.GETATTR, ROOT, new byte[16]);
      }
      for (int i = 0; i < AT_ONCE; i++) {
        assertThat(FakeDevice.error(device.reply())).isZero();
      }
    }
    assertThat(session.isEnded()).isFalse();
    device.end();
    session.ended().toCompletableFuture().join();
  }
}
