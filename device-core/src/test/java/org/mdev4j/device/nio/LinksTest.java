package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.nio.SampleTree.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.SysfsDirectory;

class LinksTest {
  private final SampleTree sample = new SampleTree();
  private final Path link = sample.path("/sys/class/box");
  private final Path box = sample.path("/sys/devices/box");

  @Test
  void aLinkTellsItsTextAndTheTextLeadsToItsTarget() throws IOException {
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.isSymbolicLink(box)).isFalse();
    assertThat(Files.readSymbolicLink(link)).hasToString("../devices/box");
    assertThat(link.resolveSibling(Files.readSymbolicLink(link)).normalize()).isEqualTo(box);
    assertRefused(Errno.EINVAL, NotLinkException.class, () -> Files.readSymbolicLink(box));
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.readSymbolicLink(sample.attribute("nothing")));
  }

  @Test
  void aRealPathHasNoLinks() throws IOException {
    assertThat(link.toRealPath()).isEqualTo(box);
    assertThat(sample.path("sys/class/../class/box/self/./name").toRealPath())
        .isEqualTo(box.resolve("name"));
    assertThat(sample.path("/sys/class/box/..").toRealPath()).isEqualTo(box.getParent());
    assertThat(sample.path("/../..").toRealPath()).hasToString("/");
    assertThat(sample.path("").toRealPath()).hasToString("/");
    assertRefused(
        Errno.ENOENT, NoSuchFileException.class, () -> sample.path("/sys/no").toRealPath());
  }

  @Test
  void aRealPathThatKeepsLinksLosesOnlyTheDotsThatMeanNothing() throws IOException {
    assertThat(noFollow("/sys/class/box")).isEqualTo("/sys/class/box");
    assertThat(noFollow("sys/./class/../class/box")).isEqualTo("/sys/class/box");
    assertThat(noFollow("/sys/class/box/../box")).isEqualTo("/sys/class/box/../box");
    assertThat(noFollow("/sys/class/box/../../devices")).isEqualTo("/sys/class/box/../../devices");
    assertThat(noFollow("/../sys/class/..")).isEqualTo("/sys");
    assertRefused(
        Errno.ENOENT, NoSuchFileException.class, () -> noFollow("/sys/class/box/nothing"));
    assertRefused(Errno.ENOENT, NoSuchFileException.class, () -> noFollow("/sys/no/.."));
  }

  @Test
  void aLinkWhoseTargetIsGoneIsThereButLeadsNowhere() throws IOException {
    SysfsDirectory gone = sample.tree.sys().addDirectory("gone");
    sample.box.addLink("dangling", gone);
    sample.tree.sys().remove(gone);
    Path dangling = sample.attribute("dangling");
    assertThat(Files.exists(dangling)).isFalse();
    assertThat(Files.exists(dangling, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(Files.isSymbolicLink(dangling)).isTrue();
    assertRefused(Errno.ENOENT, NoSuchFileException.class, dangling::toRealPath);
  }

  /** A node half way out of the tree knows only a part of its path, which must not be told. */
  @Test
  @Timeout(60)
  void aRealPathIsRightOrThereIsNoneWhileDevicesComeAndGo() throws Exception {
    Thread churn =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    SysfsDirectory device = new SysfsDirectory("device");
                    device.addDirectory("inner").addLink("up", device);
                    sample.box.add(device);
                    sample.box.remove(device);
                  }
                });
    Path up = sample.attribute("device/inner/up");
    while (churn.isAlive()) {
      try {
        assertThat(up.toRealPath()).isEqualTo(box.resolve("device"));
      } catch (NoSuchFileException gone) {
        assertThat(gone.getReason()).startsWith("ENOENT: ");
      }
    }
    churn.join();
  }

  @Test
  void theSameFileByTwoPaths() throws IOException {
    assertThat(Files.isSameFile(link, box)).isTrue();
    assertThat(Files.isSameFile(link.resolve("name"), box.resolve("self/name"))).isTrue();
    assertThat(Files.isSameFile(box.resolve("name"), box.resolve("type"))).isFalse();
    assertThat(Files.isSameFile(box, Path.of("/"))).isFalse();
    assertThat(Files.isSameFile(box.resolve("no"), box.resolve("no"))).isTrue();
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.isSameFile(box, sample.path("/sys/no")));
  }

  private String noFollow(String path) throws IOException {
    return sample.path(path).toRealPath(LinkOption.NOFOLLOW_LINKS).toString();
  }
}
