package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;

@DisplayName("series 9, 10; vfio 1.4: a callback is delivered only into a registered device")
class PublishedTest {
  private final VfioHost host = new VfioHost();
  private final Published<ToyModel> slot = new Published<>();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("nobody is there before registration and after unregistration")
  void findsWhileRegistered() {
    assertThat(slot.tryGet()).isNull();
    ToyModel model = new ToyModel();
    VfioRegistration registration = register("a", model, new Publication<>(slot, model));
    try (Lease<ToyModel> lease = slot.tryGet()) {
      assertThat(lease).isNotNull();
      assertThat(lease.get()).isSameAs(model);
    }
    registration.close();
    assertThat(slot.tryGet()).isNull();
  }

  @Test
  @DisplayName("the next device is found in the same slot")
  void findsTheNext() {
    for (int i = 0; i < 3; i++) {
      ToyModel model = new ToyModel();
      VfioRegistration registration = register("a" + i, model, new Publication<>(slot, model));
      try (Lease<ToyModel> lease = slot.tryGet()) {
        assertThat(lease.get()).isSameAs(model);
      }
      registration.close();
    }
  }

  @Test
  @DisplayName("while unregister waits callbacks are still delivered, and it waits for them")
  void deliversWhileDraining() throws Exception {
    ToyModel model = new ToyModel();
    VfioRegistration registration = register("a", model, new Publication<>(slot, model));
    Lease<ToyModel> callback = host.hold(slot.tryGet());
    Background<Void> closer = Background.run(registration::close);
    model.awaitRequest(0);
    try (Lease<ToyModel> another = slot.tryGet()) {
      assertThat(another.get()).isSameAs(model);
    }
    assertThat(closer.isDone()).isFalse();
    callback.close();
    closer.join();
    assertThat(slot.tryGet()).isNull();
  }

  @Test
  @DisplayName("between draining and clearing the count decides: nobody is there")
  void asksTheCount() {
    UseCount uses = new UseCount();
    slot.publish(new ToyModel(), uses);
    assertThat(slot.tryGet()).isNull();
    uses.start();
    slot.tryGet().close();
    uses.drain(host.clock, Duration.ofSeconds(10), ignored -> {});
    assertThat(slot.tryGet()).isNull();
  }

  @Test
  @DisplayName("a taken slot: EBUSY, nothing of the second device stays, the first is still found")
  void refusesATakenSlot() {
    ToyModel first = new ToyModel();
    register("first", first, new Publication<>(slot, first));
    Device device = host.device("second");
    List<String> before = host.tree();
    ToyModel second = new ToyModel();
    Published<ToyModel> free = new Published<>();
    assertErrno(
        Errno.EBUSY,
        () ->
            host.register(
                device, second, new Publication<>(free, second), new Publication<>(slot, second)));
    assertThat(host.tree()).isEqualTo(before);
    assertThat(host.vfio().deviceCount()).isEqualTo(1);
    assertThat(free.tryGet()).isNull();
    try (Lease<ToyModel> lease = slot.tryGet()) {
      assertThat(lease.get()).isSameAs(first);
    }
    host.register(device, second, new Publication<>(free, second));
    free.tryGet().close();
  }

  @Test
  @DisplayName(
      "a taken slot: the first stays published even if both publish one and the same object")
  void refusesTheSameObject() {
    ToyModel shared = new ToyModel();
    VfioRegistration first = register("first", new ToyModel(), new Publication<>(slot, shared));
    Device device = host.device("second");
    assertErrno(
        Errno.EBUSY, () -> host.register(device, new ToyModel(), new Publication<>(slot, shared)));
    Lease<ToyModel> lease = slot.tryGet();
    assertThat(lease).isNotNull();
    lease.close();
    first.close();
    assertThat(slot.tryGet()).isNull();
  }

  @Test
  @DisplayName("several slots of one device are published and cleared together")
  void publishesInSeveralSlots() {
    Published<String> other = new Published<>();
    ToyModel model = new ToyModel();
    VfioRegistration registration =
        register("a", model, new Publication<>(slot, model), new Publication<>(other, "part"));
    slot.tryGet().close();
    try (Lease<String> lease = other.tryGet()) {
      assertThat(lease.get()).isEqualTo("part");
    }
    registration.close();
    assertThat(slot.tryGet()).isNull();
    assertThat(other.tryGet()).isNull();
  }

  @Test
  @DisplayName("a storm of callbacks never meets a device that is not registered")
  void survivesAStorm() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger delivered = new AtomicInteger();
    Published<AtomicBoolean> alive = new Published<>();
    List<Background<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      callers.add(
          Background.run(
              () -> {
                while (!over.get()) {
                  try (Lease<AtomicBoolean> lease = alive.tryGet()) {
                    if (lease != null) {
                      delivered.incrementAndGet();
                      wrong.addAndGet(lease.get().get() ? 0 : 1);
                    }
                  }
                }
              }));
    }
    Device device = host.device("a");
    int cycles = 0;
    // Until enough was delivered: how fast the callers come is the machine's business.
    while (cycles < 500 || delivered.get() < 100) {
      AtomicBoolean registered = new AtomicBoolean(true);
      VfioRegistration registration =
          host.vfio()
              .register(
                  device,
                  new ToyModel(),
                  host.owner(),
                  List.of(new Publication<>(alive, registered)));
      int before = delivered.get();
      if (cycles % 50 == 0) {
        while (delivered.get() == before) {
          Thread.onSpinWait();
        }
      }
      registration.close();
      registered.set(false);
      cycles++;
    }
    over.set(true);
    for (Background<Void> caller : callers) {
      caller.join();
    }
    assertThat(wrong).hasValue(0);
  }

  private VfioRegistration register(String name, ToyModel model, Publication<?>... publications) {
    return host.register(host.device(name), model, publications);
  }
}
