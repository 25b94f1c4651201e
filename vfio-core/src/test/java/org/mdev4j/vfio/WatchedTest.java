package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.device.Device;
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

  @ParameterizedTest
  @MethodSource("failures")
  @DisplayName("a watcher that fails is told to Tracing; the device is registered, the others told")
  void failing(Throwable planted) throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    List<Throwable> failed = new CopyOnWriteArrayList<>();
    try (VfioHost host = new VfioHost();
        var _ = host.host.tracing().onFailure((_, failure) -> failed.add(failure));
        AutoCloseable _ =
            host.vfio()
                .watch(
                    _ -> {
                      Callbacks.fail(planted);
                      return () -> {};
                    });
        AutoCloseable _ =
            host.vfio()
                .watch(
                    _ ->
                        () -> {
                          seen.add("ended");
                          Callbacks.fail(planted);
                        });
        AutoCloseable _ = host.vfio().watch(new Writer("other", seen))) {
      VfioRegistration device = host.register(host.device("dev"), new ToyModel());
      assertThat(host.vfio().device("dev")).isSameAs(device);
      assertThat(failed).containsExactly(planted);
      device.close();
      assertThat(failed).containsExactly(planted, planted);
      assertThat(seen).containsExactlyInAnyOrder("other +dev", "ended", "other -dev");
    }
  }

  static List<Throwable> failures() {
    return List.of(new IllegalStateException("planted"), new AssertionError("planted"));
  }

  private record Writer(String name, List<String> seen) implements DeviceWatcher {
    @Override
    public AutoCloseable registered(VfioRegistration device) {
      seen.add(name + " +" + device.name());
      return () -> seen.add(name + " -" + device.name());
    }
  }

  /** Blocks while it is told of the device "slow", until the test lets it go. */
  private record Blocking(DeviceWatcher told, CountDownLatch inside, CountDownLatch goOn)
      implements DeviceWatcher {
    Blocking(DeviceWatcher told) {
      this(told, new CountDownLatch(1), new CountDownLatch(1));
    }

    @Override
    public AutoCloseable registered(VfioRegistration device) {
      if (device.name().equals("slow")) {
        inside.countDown();
        Callbacks.await(goOn);
      }
      return told.registered(device);
    }
  }

  @Test
  @DisplayName("a watcher that blocks delays its device alone: no other device, no other watcher")
  void blocking() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Blocking blocking = new Blocking(new Writer("blocking", seen));
    try (VfioHost host = new VfioHost();
        AutoCloseable _ = host.vfio().watch(blocking);
        AutoCloseable _ = host.vfio().watch(new Writer("second", seen))) {
      Device physical = host.device("slow");
      var slow = Background.call(() -> host.register(physical, new ToyModel()));
      Callbacks.await(blocking.inside);
      Background.run(() -> host.register(host.device("quick"), new ToyModel()).close()).join();
      // Of the slow one the second is told by a thread of its own.
      await().atMost(Background.LIMIT).until(() -> seen.contains("second +slow"));
      AutoCloseable third =
          Background.call(() -> host.vfio().watch(new Writer("third", seen))).join();
      assertThat(seen)
          .containsExactlyInAnyOrder(
              "blocking +quick",
              "blocking -quick",
              "second +quick",
              "second -quick",
              "second +slow",
              "third +slow");
      assertThat(slow.isDone()).as("created before all watchers know it").isFalse();
      blocking.goOn.countDown();
      slow.join().close();
      third.close();
      assertThat(seen).containsOnlyOnce("blocking +slow", "blocking -slow");
      assertThat(seen).containsOnlyOnce("third +slow", "third -slow");
      assertThat(seen).containsSubsequence("blocking +slow", "blocking -slow");
    } finally {
      blocking.goOn.countDown();
    }
  }

  @Test
  @DisplayName(
      "a device that is registered while a watcher is added is told once, then closed once")
  void addedMeanwhile() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Blocking blocking = new Blocking(new Writer("late", seen));
    try (VfioHost host = new VfioHost()) {
      host.register(host.device("slow"), new ToyModel());
      host.register(host.device("there"), new ToyModel());
      var adding = Background.call(() -> host.vfio().watch(blocking));
      Callbacks.await(blocking.inside);
      VfioRegistration device = host.register(host.device("new"), new ToyModel());
      await().atMost(Background.LIMIT).until(() -> seen.size() == 2);
      assertThat(seen).containsExactlyInAnyOrder("late +there", "late +new");
      device.close();
      assertThat(adding.isDone()).isFalse();
      blocking.goOn.countDown();
      adding.join().close();
      assertThat(seen)
          .containsExactlyInAnyOrder(
              "late +there", "late +new", "late -new", "late +slow", "late -slow", "late -there");
      assertThat(seen).containsSubsequence("late +slow", "late -slow");
    } finally {
      blocking.goOn.countDown();
    }
  }

  @Test
  @DisplayName("the end of the watching waits for a call that is under way, and closes its answer")
  void endedMeanwhile() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Blocking blocking = new Blocking(new Writer("w", seen));
    try (VfioHost host = new VfioHost()) {
      AutoCloseable watching = host.vfio().watch(blocking);
      Device physical = host.device("slow");
      var slow = Background.call(() -> host.register(physical, new ToyModel()));
      Callbacks.await(blocking.inside);
      var ending =
          Background.call(
                  () -> {
                    watching.close();
                    return seen.size();
                  })
              .awaitStandingIn(DeviceWatchers.class, "remove");
      blocking.goOn.countDown();
      assertThat(ending.join()).isEqualTo(2);
      slow.join();
      assertThat(seen).containsExactly("w +slow", "w -slow");
    } finally {
      blocking.goOn.countDown();
    }
  }

  @Test
  @DisplayName("a watcher that unregisters the device it is told of has its answer closed")
  void unregistersAtOnce() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (VfioHost host = new VfioHost();
        AutoCloseable _ =
            host.vfio()
                .watch(
                    device -> {
                      device.close();
                      return () -> seen.add("ended");
                    })) {
      host.register(host.device("dev"), new ToyModel());
      assertThat(seen).containsExactly("ended");
      assertThat(host.vfio().device("dev")).isNull();
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
