package org.mdev4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.testkit.host.DeviceUser;
import org.mdev4j.testkit.host.OfferedType;
import org.mdev4j.testkit.host.TestHost;
import org.mdev4j.vfio.model.DeviceApi;

/** Chapter 1: the module, and what its parents offer. */
interface TypesChapter extends Contract {
  @Test
  @DisplayName(
      "1.1 required: a loaded driver offers types, each with the shared attributes"
          + " (spec/mdev.md 9)")
  default void types_offered(TestHost host) {
    assertThat(host.types())
        .as("types offered: register a parent with at least one MdevType")
        .isNotEmpty()
        .allSatisfy(
            type -> {
              assertThat(type.id())
                  .as("directory of a type: give MdevType a name without blanks, for tools")
                  .matches("[!-~]+");
              assertThat(host.names(type.path()))
                  .as("what is in the directory of %s: leave it to the core", type)
                  .contains("create", "name", "device_api", "available_instances", "devices");
              assertThat(host.names(type.file("devices")))
                  .as("devices of %s after the load: let users create them", type)
                  .isEmpty();
              assertThat(host.read(type.file("available_instances")))
                  .as("available_instances of %s: declare an InstanceLimit", type)
                  .matches("\\d+\n");
            });
  }

  @Test
  @DisplayName(
      "1.2 required: device_api is the one kind that the devices are of"
          + " (spec/mdev.md 9, spec/vfio.md 4.2)")
  default void types_deviceApi(TestHost host) {
    Contract.withEachType(
        host,
        (type, user) -> {
          String text = host.read(type.file("device_api")).strip();
          int flags = user.file().info(16).flags();
          List<String> shown =
              Arrays.stream(DeviceApi.values())
                  .filter(api -> (flags & api.flag()) != 0)
                  .map(DeviceApi::text)
                  .toList();
          assertThat(shown)
              .as(
                  "kinds of device by the flags of GET_INFO, of a %s, whose device_api is %s:"
                      + " VfioDevice.api must always be what MdevDriver.deviceApi is",
                  type, text)
              .containsExactly(text);
        });
  }

  @Test
  @DisplayName("1.3 required: names and descriptions are text for people (spec/mdev.md 9)")
  default void types_texts(TestHost host) {
    for (OfferedType type : host.types()) {
      assertThat(host.read(type.file("name")))
          .as("name of %s: one line, give MdevType.named a pretty name", type)
          .matches("[ -~]*[!-~]\n");
      if (host.exists(type.file("description"))) {
        assertThat(host.read(type.file("description")))
            .as("description of %s: lines of text, see MdevType.describedAs", type)
            .matches("([ -~]*[!-~]\n)+");
      }
    }
  }

  @Test
  @DisplayName(
      "1.4 required: unloaded and loaded again, the driver offers the same"
          + " (spec/mdev.md 3, 4)")
  default void types_reload(TestHost host) {
    List<String> offered = offers(host);
    host.unload();
    assertThat(host.parents())
        .as(
            "parents after the unload: register parents in the Scope of the ModuleContext or"
                + " of the bus device, which unregisters them")
        .isEmpty();
    host.load();
    assertThat(offers(host)).as("types offered after a second load").isEqualTo(offered);
  }

  @Test
  @DisplayName("1.5 required: two hosts in one JVM share nothing (architecture: who owns what)")
  default void types_twoHosts(TestHost host) {
    String uuid = host.uuid();
    host.create(Contract.someType(host), uuid);
    try (TestHost other = TestHost.start(driver())) {
      OfferedType type = Contract.someType(other);
      long available = other.available(type);
      other.create(type, uuid);
      Contract.assertAvailable(other, type, available - 1, "on a second host");
      try (DeviceUser first = host.open(uuid);
          DeviceUser second = other.open(uuid)) {
        RegionImage before = RegionImage.of(first);
        RegionImage again = RegionImage.of(first);
        Scribble.over(second);
        assertThat(before.differences(RegionImage.of(first), again))
            .as(
                "what a user on one host sees after one on another host has written: keep state in"
                    + " the device model, not in static fields, the module or the driver")
            .isEmpty();
      }
    }
  }

  private static List<String> offers(TestHost host) {
    return host.types().stream()
        .map(
            type -> {
              TreeMap<String, String> shown = new TreeMap<>();
              for (String file : List.of("name", "device_api", "available_instances")) {
                shown.put(file, host.read(type.file(file)));
              }
              return type + " " + shown;
            })
        .toList();
  }
}
