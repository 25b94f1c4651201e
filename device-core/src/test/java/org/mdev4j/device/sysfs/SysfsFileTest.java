package org.mdev4j.device.sysfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

class SysfsFileTest {
  private final SysfsTree tree = new SysfsTree();
  private final SysfsDirectory sys = tree.sys();
  private final List<String> stored = new ArrayList<>();
  private final AtomicInteger shown = new AtomicInteger();

  private SysfsAttribute counter() {
    return sys.addAttribute(
        Attribute.readWrite("counter", shown::incrementAndGet, text -> stored.add(text)));
  }

  private static String read(SysfsFile file, long offset, int size) {
    return new String(file.read(offset, size), ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @Test
  void theContentIsASnapshotUntilARewind() {
    shown.set(99);
    SysfsFile file = counter().open(OpenMode.READ);

    assertThat(read(file, 0, 2)).isEqualTo("10");
    assertThat(read(file, 2, 1)).isEqualTo("0");
    assertThat(read(file, 3, 100)).isEqualTo("\n");
    assertThat(read(file, 4, 100)).as("end").isEmpty();
    assertThat(read(file, 4000, 100)).as("beyond the end").isEmpty();
    assertThat(shown).hasValue(100);

    assertThat(read(file, 0, 100)).isEqualTo("101\n");
    assertThat(read(file, 0, 100)).isEqualTo("102\n");
    assertThat(read(file, 2, 100)).isEqualTo("2\n");
  }

  @Test
  void everyOpenHasASnapshotOfItsOwn() {
    SysfsAttribute counter = counter();
    SysfsFile first = counter.open(OpenMode.READ);
    SysfsFile second = counter.open(OpenMode.READ);

    assertThat(read(first, 0, 1)).isEqualTo("1");
    assertThat(read(second, 0, 1)).isEqualTo("2");
    assertThat(read(first, 0, 0)).isEmpty();
    assertThat(read(second, 1, 1)).isEqualTo("\n");
  }

  @Test
  void aFirstReadInTheMiddleComputesTheContent() {
    assertThat(read(counter().open(OpenMode.READ), 1, 10)).isEqualTo("\n");
    assertThat(shown).hasValue(1);
  }

  @Test
  void offsetsAndSizesAreChecked() {
    SysfsFile file = counter().open(OpenMode.READ);

    assertRefused(Errno.EINVAL, () -> file.read(-1, 1));
    assertRefused(Errno.EINVAL, () -> file.read(0, -1));
    assertThat(read(file, Long.MAX_VALUE, Integer.MAX_VALUE)).isEmpty();
  }

  @Test
  void moreThanAPageIsNotShown() {
    String page = "x".repeat(Attribute.PAGE);
    SysfsFile file =
        sys.addAttribute(new Attribute("long", 0444, () -> page + "y", null)).open(OpenMode.READ);

    assertThat(read(file, 0, 10_000)).isEqualTo(page);
    assertThat(read(file, Attribute.PAGE, 10)).isEmpty();
  }

  @Test
  void everyByteGoesThrough() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    AtomicReference<String> kept = new AtomicReference<>("");
    SysfsFile file =
        sys.addAttribute(new Attribute("bytes", 0644, kept::get, kept::set))
            .open(OpenMode.READ_WRITE);

    assertThat(file.write(all)).isEqualTo(256);

    assertThat(file.read(0, 1000)).isEqualTo(all);
  }

  @Test
  void oneWriteIsOneStore() {
    SysfsFile file = counter().open(OpenMode.WRITE);

    assertThat(file.write(bytes("one"))).isEqualTo(3);
    assertThat(file.write(bytes("two\n"))).isEqualTo(4);

    assertThat(stored).containsExactly("one", "two\n");
  }

  @Test
  void aWriteOfNothingStoresNothing() {
    assertThat(counter().open(OpenMode.WRITE).write(new byte[0])).isZero();

    assertThat(stored).isEmpty();
  }

  @Test
  void ofMoreThanAPageOnlyTheFirstIsStored() {
    String data = "x".repeat(Attribute.PAGE) + "y";

    assertThat(counter().open(OpenMode.WRITE).write(bytes(data))).isEqualTo(Attribute.PAGE);

    assertThat(stored).containsExactly("x".repeat(Attribute.PAGE));
  }

  @Test
  void theErrnoOfACallbackReachesTheCaller() {
    SysfsAttribute refusing =
        sys.addAttribute(
            new Attribute(
                "refusing",
                0644,
                () -> {
                  throw new ErrnoException(Errno.ENODATA, "nothing to show");
                },
                text -> {
                  throw new ErrnoException(Errno.EUSERS, "no: " + text);
                }));

    assertRefused(Errno.ENODATA, () -> refusing.open(OpenMode.READ).read(0, 1));
    assertRefused(Errno.EUSERS, () -> refusing.open(OpenMode.WRITE).write(bytes("1")))
        .hasMessage("no: 1");
  }

  @Test
  void theWrongDirectionIsEaccesForEverybody() {
    SysfsAttribute create = sys.addAttribute(Attribute.writeOnly("create", text -> {}));
    SysfsAttribute name = sys.addAttribute(Attribute.readOnly("name", () -> 1));
    SysfsAttribute locked =
        sys.addAttribute(new Attribute("locked", 0444, () -> "1\n", text -> stored.add(text)));
    SysfsAttribute secret =
        sys.addAttribute(new Attribute("secret", 0200, () -> "1\n", text -> stored.add(text)));

    assertRefused(Errno.EACCES, () -> create.open(OpenMode.READ))
        .hasMessageContaining("/sys/create");
    assertRefused(Errno.EACCES, () -> create.open(OpenMode.READ_WRITE));
    assertRefused(Errno.EACCES, () -> name.open(OpenMode.WRITE));
    assertRefused(Errno.EACCES, () -> name.open(OpenMode.READ_WRITE));
    assertRefused(Errno.EACCES, () -> locked.open(OpenMode.WRITE));
    assertRefused(Errno.EACCES, () -> secret.open(OpenMode.READ));
    assertThat(read(locked.open(OpenMode.READ), 0, 9)).isEqualTo("1\n");
    assertThat(secret.open(OpenMode.WRITE).write(bytes("2"))).isEqualTo(1);
  }

  @Test
  void aFileIsUsedAsItWasOpenedAndUntilItIsClosed() {
    SysfsAttribute counter = counter();
    SysfsFile reader = counter.open(OpenMode.READ);
    SysfsFile writer = counter.open(OpenMode.WRITE);

    assertRefused(Errno.EBADF, () -> reader.write(bytes("x")));
    assertRefused(Errno.EBADF, () -> writer.read(0, 1));

    reader.close();
    writer.close();
    assertRefused(Errno.EBADF, () -> reader.read(0, 1)).hasMessageContaining("closed");
    assertRefused(Errno.EBADF, () -> writer.write(bytes("x")));
    assertThat(stored).isEmpty();
  }

  @Test
  void ofARemovedAttributeOldFilesAreEnodevAndNewOnesEnoent() {
    SysfsAttribute counter = counter();
    SysfsFile file = tree.open("/sys/counter", OpenMode.READ_WRITE);
    assertThat(read(file, 0, 1)).isEqualTo("1");

    sys.remove(counter);

    assertRefused(Errno.ENODEV, () -> file.read(0, 1));
    assertRefused(Errno.ENODEV, () -> file.read(1, 1));
    assertRefused(Errno.ENODEV, () -> file.write(bytes("x")));
    assertRefused(Errno.ENODEV, () -> file.write(new byte[0]));
    assertRefused(Errno.ENODEV, () -> counter.open(OpenMode.READ));
    assertRefused(Errno.ENOENT, () -> tree.open("/sys/counter", OpenMode.READ));
    assertThat(stored).isEmpty();
    assertThat(shown).hasValue(1);
  }

  @Test
  void aNewAttributeOfTheNameIsAnother() {
    SysfsFile old = counter().open(OpenMode.READ);
    sys.remove("counter");
    SysfsFile fresh = counter().open(OpenMode.READ);

    assertRefused(Errno.ENODEV, () -> old.read(0, 1));
    assertThat(read(fresh, 0, 9)).isEqualTo("1\n");
  }

  @Test
  void removingWaitsForARunningStore() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    SysfsDirectory device = sys.addDirectory("device");
    SysfsAttribute slow =
        device.addAttribute(
            Attribute.writeOnly(
                "slow",
                text -> {
                  inside.countDown();
                  pass(release);
                  stored.add(text);
                }));
    SysfsFile file = slow.open(OpenMode.WRITE);
    SysfsFile other = slow.open(OpenMode.WRITE);
    Background<Integer> writer = Background.call(() -> file.write(bytes("1")));
    pass(inside);

    Background<Boolean> remover = Background.call(() -> sys.remove(device)).awaitBlocked();

    assertRefused(Errno.ENOENT, () -> tree.resolve("/sys/device"));
    assertRefused(Errno.ENODEV, () -> other.write(bytes("2")));
    assertThat(remover.isDone()).isFalse();
    release.countDown();
    assertThat(remover.join()).isTrue();
    assertThat(stored).as("stored before the removal returned").containsExactly("1");
    assertThat(writer.join()).isEqualTo(1);
  }

  @Test
  void aStoreCanRemoveItsOwnAttribute() {
    AtomicReference<SysfsAttribute> self = new AtomicReference<>();
    List<Boolean> removed = new ArrayList<>();
    SysfsAttribute remove =
        sys.addAttribute(
            Attribute.writeOnly(
                "remove",
                text -> {
                  removed.add(self.get().removeSelf());
                  removed.add(self.get().removeSelf());
                }));
    self.set(remove);
    SysfsFile file = remove.open(OpenMode.WRITE);

    assertThat(file.write(bytes("1"))).isEqualTo(1);

    assertThat(removed).containsExactly(true, false);
    assertThat(sys.child("remove")).isNull();
    assertRefused(Errno.ENODEV, () -> file.write(bytes("1")));
    assertThat(removed).hasSize(2);
  }

  @Test
  void aDirectoryCanBeRemovedFromWithinAStoreThatRemovedItself() {
    AtomicReference<SysfsAttribute> self = new AtomicReference<>();
    SysfsDirectory device = sys.addDirectory("device");
    self.set(
        device.addAttribute(
            Attribute.writeOnly(
                "remove",
                text -> {
                  if (self.get().removeSelf()) {
                    sys.remove(device);
                  }
                })));
    SysfsFile file = self.get().open(OpenMode.WRITE);

    assertThat(Background.call(() -> file.write(bytes("1"))).join()).isEqualTo(1);

    assertThat(sys.child("device")).isNull();
  }

  @RepeatedTest(30)
  void ofTwoStoresThatRemoveTheirAttributeOneDoes() {
    AtomicReference<SysfsAttribute> self = new AtomicReference<>();
    AtomicInteger removals = new AtomicInteger();
    self.set(
        sys.addAttribute(
            Attribute.writeOnly(
                "remove",
                text -> {
                  if (self.get().removeSelf()) {
                    removals.incrementAndGet();
                  }
                })));
    CountDownLatch go = new CountDownLatch(1);
    List<Background<Void>> writers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      SysfsFile file = self.get().open(OpenMode.WRITE);
      writers.add(
          Background.run(
              () -> {
                pass(go);
                try {
                  file.write(bytes("1"));
                } catch (ErrnoException refusal) {
                  assertThat(refusal.errno()).isEqualTo(Errno.ENODEV);
                }
              }));
    }
    go.countDown();

    writers.forEach(Background::join);

    assertThat(removals).hasValue(1);
  }

  @Test
  void whoRemovesAnAttributeWhoseStoreRemovesItselfIsNotMet() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<SysfsAttribute> self = new AtomicReference<>();
    AtomicReference<Boolean> won = new AtomicReference<>();
    self.set(
        sys.addAttribute(
            Attribute.writeOnly(
                "remove",
                text -> {
                  inside.countDown();
                  pass(release);
                  won.set(self.get().removeSelf());
                })));
    SysfsFile file = self.get().open(OpenMode.WRITE);
    Background<Integer> writer = Background.call(() -> file.write(bytes("1")));
    pass(inside);
    Background<Boolean> remover = Background.call(() -> sys.remove(self.get())).awaitBlocked();

    release.countDown();

    assertThat(remover.join()).isTrue();
    assertThat(writer.join()).isEqualTo(1);
    assertThat(won).as("the store's own removal").hasValue(false);
  }
}
