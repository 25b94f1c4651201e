package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.RawClient;

/**
 * A served device and a client that has agreed on the version; after each test neither a file nor a
 * thread is left.
 */
abstract class ServedTest {
  static final int EINVAL = 22;
  static final int PAGE = 4096;

  final ServedDevice device = new ServedDevice();
  ServingHost host;
  VfioUserServer server;
  RawClient client;
  private List<String> filesBefore;

  @BeforeEach
  void serve() {
    host = new ServingHost();
    host.register("dev", device);
    filesBefore = C.openFiles();
    server = host.serve("dev", limits());
    client = RawClient.agreed(server.path(), capabilities());
  }

  ServerLimits limits() {
    return ServerLimits.USUAL.withDmaRegions(64);
  }

  String capabilities() {
    return RawClient.CAPABILITIES;
  }

  @AfterEach
  void leaveNothing() {
    client.close();
    server.close();
    assertThat(server.path()).doesNotExist();
    assertThat(C.openFiles()).isEqualTo(filesBefore);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("vfio-user"));
    assertThat(device.calls.getLast()).isEqualTo("close");
    host.close();
  }

  /** A client whose connection is over, and one that comes after it. */
  void reconnect() {
    client.close();
    client = RawClient.agreed(server.path(), capabilities());
  }
}
