package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("A device's life can be watched, and made to fail where it can fail")
class HookPointTest {
  private final VfioHost toys = new VfioHost();
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("each step is passed, in order")
  void watched() {
    Device device = toys.device("toy0");
    var _ = toys.host.tracing().hook((point, about) -> seen.add(point + " " + about));
    ToyModel model = new ToyModel();
    VfioRegistration registration = toys.register(device, model);
    DeviceFile file = toys.open(registration);
    Background<Void> closing = Background.run(registration::close);
    model.awaitRequest(0);
    file.close();
    closing.join();
    assertThat(seen)
        .containsExactly(
            "vfio_register toy0",
            "vfio_open toy0",
            "vfio_unregister toy0",
            "vfio_request toy0",
            "vfio_close toy0");
  }

  @Test
  @DisplayName("registering and opening fail with a hook, and leave nothing; the other steps go on")
  void failed() {
    Device device = toys.device("toy0");
    List<String> before = toys.tree();
    failing("vfio_register", () -> toys.register(device, new ToyModel()), Errno.ENOMEM);
    assertThat(toys.tree()).isEqualTo(before);
    ToyModel model = new ToyModel();
    VfioRegistration registration = toys.register(device, model);
    failing("vfio_open", () -> toys.open(registration), Errno.ENOMEM);
    assertThat(model.calls).isEmpty();
    var _ = toys.host.tracing().hook(HookPointTest::fail);
    assertThat(registration.users()).isEmpty();
    registration.close();
    assertThat(toys.tree()).isEqualTo(before);
  }

  private void failing(
      String point, org.assertj.core.api.ThrowableAssert.ThrowingCallable step, Errno errno) {
    try (var _ =
        toys.host
            .tracing()
            .hook(
                (passed, about) -> {
                  if (passed.equals(point)) {
                    fail(passed, about);
                  }
                })) {
      VfioHost.assertErrno(errno, step);
    }
  }

  private static void fail(String point, String about) {
    throw new ErrnoException(Errno.ENOMEM, "at " + point + " of " + about + ", by a test");
  }
}
