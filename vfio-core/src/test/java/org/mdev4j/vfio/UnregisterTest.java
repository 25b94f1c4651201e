package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.vfio.model.VfioDevice;

@DisplayName("vfio 1.3: unregister")
class UnregisterTest {
  private final VfioHost host = new VfioHost();
  private final ToyModel model = new ToyModel();
  private final VfioRegistration registration = host.register(host.device("toy0"), model);

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("with no reference held, request is not called at all")
  void asksNobody() {
    registration.close();
    assertThat(model.calls).isEmpty();
    assertThat(host.clock.timers()).isZero();
  }

  @Test
  @DisplayName("request 0 at once, then 1, 2, 3 after 10 seconds each")
  void asksEveryTenSeconds() throws Exception {
    host.open(registration);
    Background<Void> closer = unregister();
    for (int asked = 0; asked < 4; asked++) {
      model.awaitRequest(asked);
      host.awaitTimer();
      host.clock.advance(Duration.ofMillis(9_999));
      assertThat(model.requests()).hasSize(asked + 1);
      host.clock.advance(Duration.ofMillis(1));
    }
    model.awaitRequest(4);
    assertThat(model.requests())
        .containsExactly("request 0", "request 1", "request 2", "request 3", "request 4");
    assertThat(closer.isDone()).isFalse();
  }

  @Test
  @DisplayName("the last put ends the wait at once and leaves no timer")
  void endsWithTheLastPut() throws Exception {
    DeviceFile first = host.open(registration);
    DeviceFile second = host.open(registration);
    Background<Void> closer = unregister();
    model.awaitRequest(0);
    first.close();
    closer.awaitStandingIn(UseCount.class, "drain");
    second.close();
    closer.join();
    assertThat(model.calls).containsExactly("open", "request 0", "close");
    assertThat(host.clock.timers()).isZero();
    assertThat(registration.tryGet()).isNull();
  }

  @Test
  @DisplayName("a reference without an open file is waited for too")
  void waitsForLeases() throws Exception {
    Lease<VfioDevice> lease = host.hold(registration.tryGet());
    Background<Void> closer = unregister();
    model.awaitRequest(0);
    assertThat(closer.isDone()).isFalse();
    assertThat(lease.get()).isSameAs(model);
    lease.close();
    lease.close();
    closer.join();
  }

  @Test
  @DisplayName("a reference that is never put keeps it waiting; the users file tells whose it is")
  void namesTheHolder() throws Exception {
    Path users = host.host.path("/sys/kernel/debug/vfio/users");
    DeviceFile file = host.open(registration);
    Lease<VfioDevice> forgotten = host.hold(registration.tryGet());
    assertThat(Files.readString(users)).isEqualTo("toy0 guest\n");
    Background<Void> closer = unregister();
    model.awaitRequest(0);
    assertThat(Files.readAllLines(users))
        .containsExactly("toy0 callback of module toy", "toy0 guest");
    Lease<VfioDevice> second = host.hold(registration.tryGet());
    assertThat(Files.readAllLines(users))
        .containsExactly("toy0 callback of module toy, 2 times", "toy0 guest");
    second.close();

    file.close();
    for (int asked = 0; asked < 3; asked++) {
      host.awaitTimer();
      host.clock.advance(VfioRegistration.REQUEST_INTERVAL);
      model.awaitRequest(asked + 1);
    }
    assertThat(closer.isDone()).as("it waits as long as the reference is held").isFalse();
    assertThat(Files.readAllLines(users)).containsExactly("toy0 callback of module toy");

    forgotten.close();
    closer.join();
    assertThat(Files.readString(users)).isEmpty();
  }

  @Test
  @DisplayName("a user that lets go when it is asked is asked once")
  void endsInsideTheRequest() throws Exception {
    DeviceFile file = host.open(registration);
    model.onRequest = file::close;
    unregister().join();
    assertThat(model.calls).containsExactly("open", "request 0", "close");
  }

  @Test
  @DisplayName("while it waits the device stays in the tree and is found by its name")
  void staysVisible() throws Exception {
    DeviceFile file = host.open(registration);
    List<String> before = host.tree();
    host.events();
    Background<Void> closer = unregister();
    model.awaitRequest(0);
    assertThat(host.tree()).isEqualTo(before);
    assertThat(host.vfio().device("toy0")).isSameAs(registration);
    assertThat(host.events()).isEmpty();
    file.close();
    closer.join();
    assertThat(host.vfio().device("toy0")).isNull();
    assertThat(host.vfio().deviceCount()).isZero();
  }

  @Test
  @DisplayName("interrupts neither end nor hasten the wait, and are kept for the caller")
  void keepsInterrupts() throws Exception {
    DeviceFile file = host.open(registration);
    Background<Boolean> closer =
        Background.call(
            () -> {
              registration.close();
              return Thread.interrupted();
            });
    model.awaitRequest(0);
    for (int i = 0; i < 3; i++) {
      closer.interrupt();
      closer.awaitStandingIn(UseCount.class, "drain");
    }
    assertThat(model.requests()).containsExactly("request 0");
    assertThat(host.vfio().device("toy0")).isSameAs(registration);
    file.close();
    assertThat(closer.join()).isTrue();
    assertThat(host.vfio().device("toy0")).isNull();
  }

  @Test
  @DisplayName("without an interrupt the caller finds none")
  void inventsNoInterrupt() throws Exception {
    DeviceFile file = host.open(registration);
    Background<Boolean> closer =
        Background.call(
            () -> {
              registration.close();
              return Thread.interrupted();
            });
    model.awaitRequest(0);
    file.close();
    assertThat(closer.join()).isFalse();
  }

  @Test
  @DisplayName("a request that throws doesn't abandon the wait")
  void survivesFailingRequests() throws Exception {
    DeviceFile file = host.open(registration);
    model.onRequest =
        () ->
            Callbacks.fail(
                model.requests().size() == 1
                    ? new IllegalStateException("thrown by a test")
                    : new AssertionError("thrown by a test"));
    Background<Void> closer = unregister();
    model.awaitRequest(0);
    host.awaitTimer();
    host.clock.advance(VfioRegistration.REQUEST_INTERVAL);
    model.awaitRequest(1);
    host.awaitTimer();
    assertThat(closer.isDone()).isFalse();
    assertThat(host.vfio().device("toy0")).isSameAs(registration);
    file.close();
    closer.join();
    assertThat(host.vfio().device("toy0")).isNull();
  }

  @Test
  @DisplayName("a second unregister does nothing")
  void closesOnce() {
    host.events();
    registration.close();
    assertThat(host.events()).hasSize(2);
    registration.close();
    assertThat(host.events()).isEmpty();
  }

  private Background<Void> unregister() {
    return Background.run(registration::close);
  }
}
