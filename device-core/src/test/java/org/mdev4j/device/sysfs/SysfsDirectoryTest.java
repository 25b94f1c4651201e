package org.mdev4j.device.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

class SysfsDirectoryTest {
  private final SysfsTree tree = new SysfsTree();
  private final SysfsDirectory sys = tree.sys();

  @Test
  void aNodeKnowsNameModeParentAndPath() {
    SysfsDirectory bus = sys.addDirectory("bus");
    SysfsAttribute uevent = bus.addAttribute(Attribute.writeOnly("uevent", text -> {}));
    SysfsLink link = bus.addLink("up", sys);
    SysfsDeviceNode node = tree.dev().add(new SysfsDeviceNode("zero", 0666, 1, 5));

    assertThat(tree.root().path()).isEqualTo("/");
    assertThat(sys.path()).isEqualTo("/sys");
    assertThat(bus.path()).isEqualTo("/sys/bus");
    assertThat(uevent.path()).isEqualTo("/sys/bus/uevent");
    assertThat(uevent.parent()).isSameAs(bus);
    assertThat(bus.mode()).isEqualTo(0755);
    assertThat(uevent.mode()).isEqualTo(0200);
    assertThat(link.mode()).isEqualTo(0777);
    assertThat(node.mode()).isEqualTo(0666);
    assertThat(node.major()).isEqualTo(1);
    assertThat(node.minor()).isEqualTo(5);
    assertThat(uevent).hasToString("SysfsAttribute[/sys/bus/uevent]");
  }

  @Test
  void aSlashInANameBecomesAnExclamationMark() {
    assertThat(sys.addDirectory("a/b").path()).isEqualTo("/sys/a!b");
    assertThat(Attribute.readOnly("c/d", () -> 1).name()).isEqualTo("c!d");
  }

  @Test
  void childrenAreSortedByName() {
    for (String name : List.of("mtty-10", "mtty-1", "Z", "mtty-2", "a")) {
      sys.addDirectory(name);
    }

    assertThat(sys.children())
        .extracting(SysfsNode::name)
        .containsExactly("Z", "a", "mtty-1", "mtty-10", "mtty-2");
  }

  @Test
  void aTakenNameIsEexistAndTheNewcomerStaysDetached() {
    SysfsDirectory first = sys.addDirectory("x");
    SysfsDirectory second = new SysfsDirectory("x");

    assertRefused(Errno.EEXIST, () -> sys.add(second))
        .hasMessageContaining("/sys already has a 'x'");

    assertThat(sys.child("x")).isSameAs(first);
    assertThat(second.parent()).isNull();
    sys.remove(first);
    assertThat(sys.add(second).path()).as("added later").isEqualTo("/sys/x");
  }

  @Test
  void aNodeIsInOnePlaceOnly() {
    SysfsDirectory node = sys.addDirectory("x");

    assertThatThrownBy(() -> tree.dev().add(node)).isInstanceOf(IllegalStateException.class);
    assertThat(node.path()).isEqualTo("/sys/x");
  }

  @Test
  void nothingIsAddedToARemovedDirectory() {
    SysfsDirectory gone = sys.addDirectory("x");
    assertThat(gone.isRemoved()).isFalse();
    sys.remove(gone);

    assertThat(gone.isRemoved()).isTrue();
    assertRefused(Errno.ENOENT, () -> gone.addDirectory("y"));
    assertThat(gone.children()).isEmpty();
  }

  @Test
  void removingTakesEverythingBelowAway() {
    SysfsDirectory a = sys.addDirectory("a");
    SysfsDirectory b = a.addDirectory("b");
    SysfsFile open = b.addAttribute(Attribute.readOnly("value", () -> 1)).open(OpenMode.READ);

    assertThat(sys.remove(a)).isTrue();

    assertThat(sys.remove(a)).as("a second time").isFalse();
    assertThat(sys.child("a")).isNull();
    assertThat(a.children()).isEmpty();
    assertThat(b.isRemoved()).isTrue();
    assertRefused(Errno.ENODEV, () -> open.read(0, 10));
    assertRefused(Errno.ENOENT, () -> b.addDirectory("c"));
  }

  @Test
  void removingANodeOfAnotherDirectoryDoesNothing() {
    SysfsDirectory a = sys.addDirectory("a");
    SysfsDirectory namesake = tree.dev().addDirectory("a");

    assertThat(sys.remove(namesake)).isFalse();
    sys.remove("there is no such name");

    assertThat(sys.child("a")).isSameAs(a);
    assertThat(namesake.path()).isEqualTo("/dev/a");
  }

  @Test
  void aFilledDirectoryAppearsWithEverythingAtOnce() {
    List<String> names = List.of("a", "b", "c", "d", "e", "f", "g", "h");
    SysfsDirectory parent = sys.addDirectory("parent");
    CountDownLatch ready = new CountDownLatch(1);
    Background<Integer> watcher =
        Background.call(
            () -> {
              int seen = 0;
              ready.countDown();
              while (seen < 200) {
                if (parent.child("device") instanceof SysfsDirectory device
                    && !device.isRemoved()) {
                  List<String> found = device.children().stream().map(SysfsNode::name).toList();
                  if (!found.equals(names) && !device.isRemoved()) {
                    throw new AssertionError("half a device: " + found);
                  }
                  seen++;
                }
              }
              return seen;
            });
    pass(ready);
    while (!watcher.isDone()) {
      SysfsDirectory device = new SysfsDirectory("device");
      for (String name : names) {
        device.addAttribute(Attribute.readOnly(name, () -> name));
      }
      parent.add(device);
      Thread.yield();
      parent.remove(device);
    }

    assertThat(watcher.join()).isEqualTo(200);
  }

  @Test
  void aGroupIsAddedAsAWhole() {
    sys.addGroup(
        AttributeGroup.of(
            "", Attribute.readOnly("one", () -> 1), Attribute.readOnly("two", () -> 2)));
    AttributeGroup vendor = AttributeGroup.of("vendor", Attribute.readOnly("three", () -> 3));
    sys.addGroup(vendor);

    assertThat(tree.resolve("/sys/one")).isInstanceOf(SysfsAttribute.class);
    assertThat(tree.resolve("/sys/two")).isInstanceOf(SysfsAttribute.class);
    assertThat(tree.resolve("/sys/vendor/three")).isInstanceOf(SysfsAttribute.class);

    sys.removeGroup(vendor);
    assertThat(sys.child("vendor")).isNull();
    assertThat(sys.child("one")).isNotNull();
  }

  @Test
  void ofAGroupThatDoesNotFitNothingStays() {
    Attribute taken = Attribute.readOnly("taken", () -> "old");
    sys.addAttribute(taken);

    assertRefused(
        Errno.EEXIST,
        () ->
            sys.addGroup(
                AttributeGroup.of(
                    "",
                    Attribute.readOnly("new", () -> 1),
                    Attribute.readOnly("taken", () -> "new"),
                    Attribute.readOnly("newer", () -> 1))));
    assertRefused(
        Errno.EEXIST,
        () ->
            sys.addGroup(
                AttributeGroup.of(
                    "sub",
                    Attribute.readOnly("twice", () -> 1),
                    Attribute.readOnly("twice", () -> 1))));
    sys.addDirectory("dir");
    assertRefused(
        Errno.EEXIST,
        () -> sys.addGroup(AttributeGroup.of("dir", Attribute.readOnly("new", () -> 1))));

    assertThat(sys.children()).extracting(SysfsNode::name).containsExactly("dir", "taken");
    assertThat(new String(tree.open("/sys/taken", OpenMode.READ).read(0, 9))).isEqualTo("old\n");
  }

  @Test
  void removeIfEmptyKeepsWhatIsNotEmpty() {
    SysfsDirectory full = tree.dev().addDirectory("vfio");
    full.add(new SysfsDeviceNode("0", 0600, 1, 0));
    SysfsDirectory empty = tree.dev().addDirectory("empty");

    tree.dev().removeIfEmpty(full);
    tree.dev().removeIfEmpty(empty);

    assertThat(tree.dev().children()).containsExactly(full);
    assertThat(full.add(new SysfsDeviceNode("1", 0600, 1, 1)).path()).isEqualTo("/dev/vfio/1");
    assertThat(empty.isRemoved()).isTrue();
    assertRefused(Errno.ENOENT, () -> empty.addDirectory("x"));
  }

  @RepeatedTest(20)
  void whoAddsRacingWithRemoveIfEmptyIsEitherInOrRefused() {
    SysfsDirectory dev = tree.dev();
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    List<Background<Void>> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "node" + i;
      users.add(
          Background.run(
              () -> {
                pass(go);
                for (int n = 0; n < 500; n++) {
                  addAndRemove(dev, name, refused);
                }
              }));
    }
    go.countDown();

    users.forEach(Background::join);

    assertThat(dev.children()).as("all removed with the last node in it").isEmpty();
  }

  private static void addAndRemove(SysfsDirectory dev, String name, AtomicInteger refused) {
    while (true) {
      SysfsDeviceNode node = new SysfsDeviceNode(name, 0600, 1, 1);
      SysfsDirectory home;
      try {
        home = SysfsTree.makeDirectories(dev, "vfio");
        home.add(node);
      } catch (ErrnoException refusal) {
        assertThat(refusal.errno()).isEqualTo(Errno.ENOENT);
        refused.incrementAndGet();
        continue;
      }
      assertThat(home.parent()).as("home of a node that was added").isSameAs(dev);
      assertThat(node.path()).isEqualTo("/dev/vfio/" + name);
      assertThat(home.remove(node)).isTrue();
      dev.removeIfEmpty(home);
      return;
    }
  }

  @RepeatedTest(50)
  void aRemovedDirectoryHoldsNothingWhoeverAddsMeanwhile() {
    SysfsDirectory parent = sys.addDirectory("parent");
    CountDownLatch some = new CountDownLatch(2);
    List<Background<List<SysfsDirectory>>> adders = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String prefix = i + ".";
      adders.add(
          Background.call(
              () -> {
                List<SysfsDirectory> added = new ArrayList<>();
                for (int n = 0; ; n++) {
                  SysfsDirectory child = new SysfsDirectory(prefix + n);
                  added.add(child);
                  try {
                    parent.add(child);
                  } catch (ErrnoException refusal) {
                    assertThat(refusal.errno()).isEqualTo(Errno.ENOENT);
                    return added;
                  }
                  some.countDown();
                }
              }));
    }
    pass(some);

    sys.remove(parent);

    for (Background<List<SysfsDirectory>> adder : adders) {
      assertThat(adder.join()).allSatisfy(child -> assertThat(child.parent()).isNull());
    }
    assertThat(parent.children()).isEmpty();
  }

  @Test
  void aRemovedDirectoryDoesNotComeBackByRemoveIfEmpty() {
    SysfsDirectory a = sys.addDirectory("a");
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    SysfsFile file =
        a.addAttribute(
                Attribute.readOnly(
                    "slow",
                    () -> {
                      inside.countDown();
                      pass(release);
                      return 1;
                    }))
            .open(OpenMode.READ);
    Background<byte[]> reader = Background.call(() -> file.read(0, 10));
    pass(inside);
    a.addDirectory("zzz");
    Background<Boolean> remover = Background.call(() -> sys.remove(a)).awaitBlocked();

    // The sweep waits for the reader of "slow": "zzz" is still there.
    assertThat(a.children()).extracting(SysfsNode::name).containsExactly("zzz");
    sys.removeIfEmpty(a);

    assertThat(a.isRemoved()).isTrue();
    assertRefused(Errno.ENOENT, () -> a.addDirectory("late"));
    release.countDown();
    assertThat(remover.join()).isTrue();
    assertThat(reader.join()).isEqualTo(new byte[] {'1', '\n'});
    assertThat(a.children()).isEmpty();
  }

  @Test
  void attributesAreChecked() {
    assertThatThrownBy(() -> new Attribute("x", 0644, null, null))
        .isInstanceOf(IllegalArgumentException.class);
    for (String name : List.of("", ".", "..")) {
      assertThatThrownBy(() -> Attribute.readOnly(name, () -> 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theUsualAttributesHaveTheUsualModes() {
    assertThat(Attribute.readOnly("a", () -> 1).mode()).isEqualTo(0444);
    assertThat(Attribute.writeOnly("a", text -> {}).mode()).isEqualTo(0200);
    assertThat(Attribute.readWrite("a", () -> 1, text -> {}).mode()).isEqualTo(0644);
  }
}
