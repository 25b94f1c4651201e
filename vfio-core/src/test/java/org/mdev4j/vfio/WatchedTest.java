package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

@DisplayName("Watching devices come and go, and opening one by its name")
class WatchedTest {
  @Test
  @DisplayName("told of each device once, also of those that were there; its end before the drain")
  void watched() throws Exception {
    try (VfioHost host = new VfioHost()) {
      List<String> seen = new ArrayList<>();
      VfioRegistration early = host.register(host.device("early"), new ToyModel());
      AutoCloseable watching =
          host.vfio()
              .watch(
                  device -> {
                    seen.add("+" + device.name());
                    return () -> seen.add("-" + device.name());
                  });
      ToyModel model = new ToyModel();
      model.onRequest = () -> seen.add("asked");
      VfioRegistration late = host.register(host.device("late"), model);
      Lease<?> user = host.hold(late.tryGet());
      var removal = Background.run(late::close);
      model.awaitRequest(0);
      user.close();
      removal.join();
      early.close();
      host.register(host.device("last"), new ToyModel());
      watching.close();
      host.register(host.device("unseen"), new ToyModel());
      assertThat(seen)
          .containsExactly("+early", "+late", "-late", "asked", "-early", "+last", "-last");
    }
  }

  @Test
  @DisplayName("a watcher that fails keeps nobody from registering")
  void failing() throws Exception {
    try (VfioHost host = new VfioHost();
        AutoCloseable _ =
            host.vfio()
                .watch(
                    _ -> {
                      throw new IllegalStateException("planted");
                    })) {
      VfioRegistration device = host.register(host.device("dev"), new ToyModel());
      assertThat(host.vfio().device("dev")).isSameAs(device);
    }
  }

  @Test
  void openedByName() {
    try (VfioHost host = new VfioHost()) {
      ToyModel model = new ToyModel();
      host.register(host.device("dev"), model);
      try (OpenDevice opened = host.vfio().openDevice("dev", "me")) {
        assertThat(opened.file().name()).isEqualTo("dev");
        assertThat(opened.memory().available()).isPositive();
        VfioHost.assertErrno(Errno.EBUSY, () -> host.vfio().openDevice("dev", "another"));
      }
      assertThat(model.calls).containsExactly("open", "close");
      VfioHost.assertErrno(Errno.ENODEV, () -> host.vfio().openDevice("nope", "me"));
    }
  }
}
