package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdev4j.vfiouser.raw.*;

class FirstTest {
  @Test
  void works() {
    try (ServingHost host = new ServingHost()) {
      host.register("dev", new ServedDevice());
      try (VfioUserServer server = host.serve("dev", ServerLimits.USUAL);
          RawClient client = RawClient.agreed(server.path())) {
        Answer info = client.call(4, Bytes.ints(16, 0, 0, 0).array());
        assertThat(info.u32(8)).isEqualTo(9);
        client.write(1, 8, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
        assertThat(client.read(1, 8, 4).u32(16)).isEqualTo(0x04030201);
        for (int r = 0; r < 5; r++) {
          long t = System.nanoTime();
          for (int i = 0; i < 20000; i++) client.read(1, 8, 4);
          System.out.println((System.nanoTime() - t) / 20000 + " ns");
        }
      }
    }
  }
}
