package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.model.DeviceApi;

@DisplayName("mdev 5.9, 8: a create that fails in or after probe leaves everything as before")
class FailedCreateTest {
  private static final Attribute ATTRIBUTE = Attribute.readOnly("a", () -> "a");

  private final ToyHost toys = new ToyHost();

  @AfterEach
  void close() {
    toys.close();
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        refusal("its errno unchanged", Errno.ENXIO, refuse(Errno.ENXIO)),
        refusal("also ENODEV", Errno.ENODEV, refuse(Errno.ENODEV)),
        refusal("a deferral becomes EAGAIN", Errno.EAGAIN, refuse(Errno.EPROBE_DEFER)),
        refusal(
            "a broken probe is EIO",
            Errno.EIO,
            (mdev, scope) -> {
              throw new IllegalStateException("thrown by a test");
            }),
        refusal(
            "so is an Error",
            Errno.EIO,
            (mdev, scope) -> {
              throw new AssertionError("thrown by a test");
            }),
        refusal(
            "13.1: an allocation that fails is ENOMEM and loses no instance",
            Errno.ENOMEM,
            (mdev, scope) -> {
              throw new OutOfMemoryError("thrown by a test");
            }),
        refusal("nothing returned", Errno.EINVAL, (mdev, scope) -> null),
        refusal(
            "a device of another kind than the types say",
            Errno.EINVAL,
            (mdev, scope) -> MdevModel.of(new ToyModel(mdev.name(), DeviceApi.CCW))),
        refusal(
            "an attribute named as one of the core's",
            Errno.EEXIST,
            (mdev, scope) ->
                ToyDriver.model(mdev)
                    .withAttributes("", ATTRIBUTE, Attribute.readOnly("remove", () -> "mine"))),
        refusal(
            "an attribute named as one of the core's links",
            Errno.EEXIST,
            (mdev, scope) ->
                ToyDriver.model(mdev)
                    .withAttributes("", Attribute.readOnly("mdev_type", () -> "mine"))),
        refusal(
            "two groups in one directory",
            Errno.EEXIST,
            (mdev, scope) ->
                new MdevModel(
                    new ToyModel(mdev.name()),
                    List.of(
                        AttributeGroup.of("vendor", ATTRIBUTE),
                        AttributeGroup.of("vendor", ATTRIBUTE)),
                    List.of())),
        refusal(
            "one name twice in a group",
            Errno.EEXIST,
            (mdev, scope) -> ToyDriver.model(mdev).withAttributes("vendor", ATTRIBUTE, ATTRIBUTE)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("failures")
  @DisplayName("whatever goes wrong, under every policy")
  void leavesEverything(String what, Errno errno, ToyDriver.Probe probe) {
    MdevType type = MdevType.named("1", "One").costing(2, "ports");
    for (InstanceLimit limit :
        List.of(
            InstanceLimit.perType(4), InstanceLimit.perParent(4), InstanceLimit.pool(8, "ports"))) {
      ToyParent parent = toys.parent(limit.getClass().getSimpleName(), limit, type);
      List<String> before = toys.tree();
      toys.driver.probe = probe;
      UUID uuid = toys.uuid();
      assertErrno(errno, () -> parent.create("1", uuid));
      assertThat(parent.available("1")).as(what).isEqualTo(4);
      assertThat(toys.tree()).isEqualTo(before);
      assertThat(toys.mdev().deviceCount()).isZero();
      assertThat(toys.mdev().vfioDevice(uuid)).isNull();
      assertThat(toys.vfio().deviceCount()).isZero();
      assertThat(parent.core().live()).isEmpty();
      String devpath = "/devices/virtual/toy/" + parent.device.name() + "/" + uuid;
      List<String> events = toys.events();
      assertThat(events).first().isEqualTo("add@" + devpath);
      assertThat(events).last().isEqualTo("remove@" + devpath);
      assertThat(events).noneMatch(event -> event.contains("bind@"));

      toys.driver.probe = (mdev, scope) -> ToyDriver.model(mdev);
      parent.create("1", uuid);
      assertThat(parent.available("1")).isEqualTo(3);
      parent.unregister();
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("failures")
  @DisplayName("what a failing probe acquired is given back, newest first")
  void givesBackWhatWasAcquired(String what, Errno errno, ToyDriver.Probe probe) {
    ToyParent parent = toys.parent("p", 1);
    List<String> closed = new ArrayList<>();
    toys.driver.probe =
        (mdev, scope) -> {
          scope.onClose(() -> closed.add("first"));
          scope.onClose(() -> closed.add("second"));
          return probe.probe(mdev, scope);
        };
    assertErrno(errno, () -> parent.create("1"));
    assertThat(closed).as(what).containsExactly("second", "first");
  }

  @Test
  @DisplayName("a published slot that is taken: EBUSY; the first device stays published")
  void refusesATakenSlot() {
    ToyParent parent = toys.parent("p", 2);
    Published<String> slot = new Published<>();
    toys.driver.probe = (mdev, scope) -> ToyDriver.model(mdev).publishedIn(slot, mdev.name());
    UUID first = parent.create("1");
    assertErrno(Errno.EBUSY, () -> parent.create("1"));
    assertThat(parent.available("1")).isEqualTo(1);
    try (var lease = slot.tryGet()) {
      assertThat(lease.get()).isEqualTo(first.toString());
    }
    parent.remove(first);
    assertThat(slot.tryGet()).isNull();
    parent.create("1");
  }

  private static Arguments refusal(String what, Errno errno, ToyDriver.Probe probe) {
    return Arguments.of(what, errno, probe);
  }

  private static ToyDriver.Probe refuse(Errno errno) {
    return (mdev, scope) -> {
      throw new ErrnoException(errno, "refused by a test");
    };
  }
}
