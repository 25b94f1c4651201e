package org.mdev4j.device.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

class SysfsTreeTest {
  private final SysfsTree tree = new SysfsTree();
  private final SysfsDirectory device =
      SysfsTree.makeDirectories(tree.sys(), "devices/virtual/mtty/mtty");
  private final SysfsAttribute uevent =
      device.addAttribute(Attribute.readWrite("uevent", () -> "DRIVER=mtty", text -> {}));
  private final SysfsLink link =
      SysfsTree.makeDirectories(tree.sys(), "class/mdev_bus").addLink("mtty", device);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sys/devices/virtual/mtty/mtty/uevent",
        "//sys///devices/./virtual/mtty/mtty/uevent",
        "/sys/class/mdev_bus/mtty/uevent",
        "/sys/class/../class/mdev_bus/mtty/uevent",
        "/sys/class/mdev_bus/mtty/../mtty/uevent",
        "/../../sys/devices/virtual/mtty/mtty/uevent"
      })
  void findsAnAttribute(String path) {
    assertThat(tree.resolve(path)).isSameAs(uevent);
    assertThat(tree.resolve(path, false)).isSameAs(uevent);
  }

  @Test
  void dotDotAfterALinkIsTheTargetsParent() {
    assertThat(tree.resolve("/sys/class/mdev_bus/mtty/..")).isSameAs(device.parent());
  }

  @Test
  void aLinkAtTheEndIsFollowedOrNamed() {
    assertThat(tree.resolve("/sys/class/mdev_bus/mtty")).isSameAs(device);
    assertThat(tree.resolve("/sys/class/mdev_bus/mtty", true)).isSameAs(device);
    assertThat(tree.resolve("/sys/class/mdev_bus/mtty", false)).isSameAs(link);
    assertThat(tree.resolve("/sys/class/mdev_bus/mtty/", false)).isSameAs(device);
    assertThat(tree.resolve("/sys/class/mdev_bus/mtty/.", false)).isSameAs(device);
  }

  @Test
  void theRootIsFound() {
    assertThat(tree.resolve("/")).isSameAs(tree.root());
    assertThat(tree.resolve("/..")).isSameAs(tree.root());
    assertThat(tree.resolve("/sys")).isSameAs(tree.sys());
    assertThat(tree.resolve("/dev/")).isSameAs(tree.dev());
  }

  @ParameterizedTest
  @CsvSource({
    "ENOENT, /sys/nothing",
    "ENOENT, /sys/nothing/more",
    "ENOENT, /sys/class/mdev_bus/mtty/nothing",
    "ENOTDIR, /sys/devices/virtual/mtty/mtty/uevent/more",
    "ENOTDIR, /sys/devices/virtual/mtty/mtty/uevent/",
    "ENOTDIR, /sys/devices/virtual/mtty/mtty/uevent/.",
    "ENOTDIR, /sys/devices/virtual/mtty/mtty/uevent/..",
    "EINVAL, sys",
    "EINVAL, ''"
  })
  void refuses(Errno errno, String path) {
    assertRefused(errno, () -> tree.resolve(path));
  }

  @Test
  void aLinkWhoseTargetIsGoneLeadsNowhere() {
    SysfsDirectory virtual = (SysfsDirectory) tree.resolve("/sys/devices/virtual/mtty");
    virtual.remove(device);

    assertRefused(Errno.ENOENT, () -> tree.resolve("/sys/class/mdev_bus/mtty"));
    assertRefused(Errno.ENOENT, () -> tree.resolve("/sys/devices/virtual/mtty/mtty"));
    assertThat(tree.resolve("/sys/class/mdev_bus/mtty", false)).isSameAs(link);
  }

  @Test
  void noPathFollowsMoreThanFortyLinks() {
    device.addLink("self", device);

    assertThat(tree.resolve(device.path() + "/self".repeat(40))).isSameAs(device);
    assertRefused(Errno.ELOOP, () -> tree.resolve(device.path() + "/self".repeat(41)));
  }

  @Test
  void opensAttributesOnly() {
    tree.dev().add(new SysfsDeviceNode("zero", 0666, 1, 5));

    assertThat(tree.open("/sys/class/mdev_bus/mtty/uevent", OpenMode.READ).mode())
        .isEqualTo(OpenMode.READ);
    assertRefused(Errno.EISDIR, () -> tree.open("/sys", OpenMode.READ));
    assertRefused(Errno.EISDIR, () -> tree.open("/sys/class/mdev_bus/mtty", OpenMode.WRITE));
    assertRefused(Errno.ENXIO, () -> tree.open("/dev/zero", OpenMode.READ));
    assertRefused(Errno.ENOENT, () -> tree.open("/sys/nothing", OpenMode.READ));
  }

  @Test
  void makesMissingDirectoriesOnly() {
    assertThat(SysfsTree.makeDirectories(tree.sys(), "devices/virtual/mtty/mtty")).isSameAs(device);
    assertThat(SysfsTree.makeDirectories(tree.sys(), "devices/virtual/new/one").path())
        .isEqualTo("/sys/devices/virtual/new/one");
  }

  @Test
  void makesNoDirectoryWhereSomethingElseIsOrNothingCanBe() {
    assertRefused(Errno.ENOTDIR, () -> SysfsTree.makeDirectories(device, "uevent/x"));
    tree.sys().remove("devices");
    assertRefused(Errno.ENOENT, () -> SysfsTree.makeDirectories(device, "x"));
  }

  @Test
  void aListenerIsToldOfTheTopOfWhatLeavesOnceItIsGone() {
    List<String> told = new ArrayList<>();
    RemovalListener listener =
        (directory, child) -> {
          assertThat(directory.child(child.name())).isNull();
          told.add(directory.path() + " " + child.name());
        };
    tree.listen(listener);
    device.addDirectory("power").addAttribute(Attribute.readOnly("control", () -> "on"));
    device.remove("power");
    assertThat(uevent.removeSelf()).isTrue();
    assertThat(uevent.removeSelf()).isFalse();
    assertThat(told)
        .containsExactly(
            "/sys/devices/virtual/mtty/mtty power", "/sys/devices/virtual/mtty/mtty uevent");
    tree.unlisten(listener);
    tree.sys().remove("devices");
    assertThat(told).hasSize(2);
  }

  @Test
  void nobodyIsToldOfWhatWasNeverThere() {
    List<SysfsNode> told = new ArrayList<>();
    tree.listen((directory, child) -> told.add(child));
    assertRefused(Errno.EEXIST, () -> device.addAttribute(Attribute.readOnly("uevent", () -> "")));
    SysfsDirectory detached = new SysfsDirectory("detached");
    detached.addAttribute(Attribute.readOnly("name", () -> ""));
    detached.remove("name");
    assertThat(told).isEmpty();
  }
}
