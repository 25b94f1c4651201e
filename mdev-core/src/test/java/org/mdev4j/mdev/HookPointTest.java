package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("A mediated device's life can be watched, and made to fail where it can fail")
class HookPointTest {
  private final ToyHost toys = new ToyHost();

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("each step is passed, in order")
  void watched() {
    ToyParent parent = toys.parent("p", 1);
    List<String> seen = new CopyOnWriteArrayList<>();
    toys.driver.probe =
        (mdev, scope) -> {
          scope.onClose(() -> seen.add("given back"));
          return ToyDriver.model(mdev);
        };
    var _ = toys.host.tracing().hook((point, _) -> seen.add(point));
    UUID uuid = parent.create("1");
    parent.remove(uuid);
    assertThat(seen)
        .containsExactly(
            "mdev_create",
            "mdev_probe",
            "mdev_own",
            "vfio_register",
            "vfio_unregister",
            "given back",
            "mdev_release");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mdev_create", "mdev_probe", "mdev_own", "vfio_register"})
  @DisplayName("a create that is made to fail leaves everything as before")
  void failed(String point) {
    ToyParent parent = toys.parent("p", 1);
    List<String> before = toys.tree();
    List<String> closed = new ArrayList<>();
    toys.driver.probe =
        (mdev, scope) -> {
          scope.onClose(() -> closed.add("given back"));
          return ToyDriver.model(mdev);
        };
    UUID uuid = toys.uuid();
    try (var _ =
        toys.host
            .tracing()
            .hook(
                (passed, _) -> {
                  if (passed.equals(point)) {
                    throw new ErrnoException(Errno.ENOMEM, "by a test");
                  }
                })) {
      ToyHost.assertErrno(Errno.ENOMEM, () -> parent.create("1", uuid));
    }
    assertThat(toys.tree()).isEqualTo(before);
    assertThat(parent.available("1")).isEqualTo(1);
    assertThat(closed).hasSize(point.equals("mdev_own") || point.equals("vfio_register") ? 1 : 0);
    parent.create("1", uuid);
  }
}
