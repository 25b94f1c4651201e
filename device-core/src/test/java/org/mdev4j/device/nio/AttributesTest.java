package org.mdev4j.device.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mdev4j.device.nio.SampleTree.assertRefused;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.DosFileAttributeView;
import java.nio.file.attribute.DosFileAttributes;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;

class AttributesTest {
  private final SampleTree sample = new SampleTree();
  private final Path box = sample.path("/sys/devices/box");
  private final Path link = sample.path("/sys/class/box");
  private final Path name = sample.attribute("name");
  private final Path node = sample.path("/dev/vfio/0");

  @Test
  void eachKindOfNodeHasItsTypeModeAndSize() throws IOException {
    PosixFileAttributes file = Files.readAttributes(name, PosixFileAttributes.class);
    assertThat(file.isRegularFile()).isTrue();
    assertThat(file.size()).isEqualTo(4096);
    assertThat(PosixFilePermissions.toString(file.permissions())).isEqualTo("r--r--r--");
    assertThat(file.owner().getName()).isEqualTo("root");
    assertThat(file.group()).hasToString("root");
    assertThat(file.lastModifiedTime()).isEqualTo(FileTime.fromMillis(0));

    BasicFileAttributes directory = Files.readAttributes(link, BasicFileAttributes.class);
    assertThat(directory.isDirectory()).isTrue();
    assertThat(directory.isSymbolicLink()).isFalse();
    assertThat(directory.size()).isZero();
    assertThat(permissions(box)).isEqualTo("rwxr-xr-x");

    PosixFileAttributes itself =
        Files.readAttributes(link, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    assertThat(itself.isSymbolicLink()).isTrue();
    assertThat(itself.isDirectory()).isFalse();
    assertThat(PosixFilePermissions.toString(itself.permissions())).isEqualTo("rwxrwxrwx");

    BasicFileAttributes device = Files.readAttributes(node, BasicFileAttributes.class);
    assertThat(device.isOther()).isTrue();
    assertThat(device.isRegularFile()).isFalse();
    assertThat(permissions(node)).isEqualTo("rw-------");
    assertThat(permissions(sample.attribute("create"))).isEqualTo("-w-------");
  }

  @Test
  void aKeyIsThatOfTheNodeNotOfTheName() throws IOException {
    Object before = key(name);
    assertThat(key(link.resolve("self/name"))).isEqualTo(before).hasSameHashCodeAs(before);
    assertThat(key(sample.attribute("type"))).isNotEqualTo(before);
    sample.box.remove("name");
    sample.box.addAttribute(Attribute.readOnly("name", () -> "another"));
    assertThat(key(name)).isNotEqualTo(before);
  }

  @Test
  void attributesByName() throws IOException {
    assertThat(Files.readAttributes(name, "posix:*"))
        .containsEntry("size", 4096L)
        .containsEntry("isRegularFile", true)
        .containsEntry("permissions", PosixFilePermissions.fromString("r--r--r--"))
        .containsKeys("owner", "group", "fileKey", "lastModifiedTime")
        .doesNotContainKey("mode");
    assertThat(Files.readAttributes(name, "*")).hasSize(9);
    assertThat(Files.readAttributes(name, "size,isOther"))
        .isEqualTo(Map.of("size", 4096L, "isOther", false));
    assertThat(Files.readAttributes(name, "owner:*")).containsOnlyKeys("owner");
    assertThat(Files.getAttribute(name, "unix:mode")).isEqualTo(0100444);
    assertThat(Files.getAttribute(box, "unix:mode")).isEqualTo(0040755);
    assertThat(Files.getAttribute(link, "unix:mode", LinkOption.NOFOLLOW_LINKS)).isEqualTo(0120777);
    assertThat(Files.getAttribute(node, "unix:mode")).isEqualTo(0020600);
    assertThat(Files.getAttribute(node, "unix:rdev")).isEqualTo(511L << 8 | 3);
    assertThat(Files.getAttribute(name, "unix:rdev")).isEqualTo(0L);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Files.readAttributes(name, "posix:size,colour"));
    assertThatIllegalArgumentException().isThrownBy(() -> Files.readAttributes(name, "posix:"));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Files.readAttributes(name, "dos:*"));
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.readAttributes(sample.attribute("nothing"), "*"));
  }

  @Test
  void largeDeviceNumbersArePackedAsGlibcDoes() throws IOException {
    sample.tree.dev().add(new SysfsDeviceNode("large", 0600, 0x12345, 0x6789a));
    assertThat(Files.getAttribute(sample.path("/dev/large"), "unix:rdev"))
        .isEqualTo(0x0001_2000_6783_459aL);
  }

  @Test
  void views() throws IOException {
    assertThat(sample.files.supportedFileAttributeViews())
        .containsExactlyInAnyOrder("basic", "owner", "posix", "unix");
    assertThat(view(name, BasicFileAttributeView.class).name()).isEqualTo("basic");
    assertThat(view(name, PosixFileAttributeView.class).name()).isEqualTo("posix");
    assertThat(view(name, FileOwnerAttributeView.class).name()).isEqualTo("owner");
    assertThat(Files.getFileAttributeView(name, DosFileAttributeView.class)).isNull();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Files.readAttributes(name, DosFileAttributes.class));
    assertThat(
            Files.getFileAttributeView(
                    link, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isSymbolicLink())
        .isTrue();
    assertThat(Files.getOwner(name).getName()).isEqualTo("root");
  }

  @Test
  void changesSucceedAndChangeNothing() throws IOException {
    UserPrincipalLookupService users = sample.files.getUserPrincipalLookupService();
    UserPrincipal root = users.lookupPrincipalByName("root");
    Files.setPosixFilePermissions(name, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setLastModifiedTime(name, FileTime.fromMillis(12345));
    Files.setOwner(name, root);
    Files.setAttribute(name, "unix:mode", 0777);
    Files.setAttribute(name, "creationTime", FileTime.fromMillis(12345));
    view(name, PosixFileAttributeView.class).setGroup(users.lookupPrincipalByGroupName("root"));
    assertThat(permissions(name)).isEqualTo("r--r--r--");
    assertThat(Files.getLastModifiedTime(name)).isEqualTo(FileTime.fromMillis(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Files.setAttribute(name, "size", 1L));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Files.setAttribute(name, "permissions", ""));
    assertThatExceptionOfType(UserPrincipalNotFoundException.class)
        .isThrownBy(() -> users.lookupPrincipalByName("nobody"));
    Path nothing = sample.attribute("nothing");
    assertRefused(
        Errno.ENOENT,
        NoSuchFileException.class,
        () -> Files.setLastModifiedTime(nothing, FileTime.fromMillis(0)));
    assertRefused(
        Errno.ENOENT, NoSuchFileException.class, () -> Files.setAttribute(nothing, "unix:mode", 0));
  }

  @Test
  void accessIsByDirectionForRootToo() throws IOException {
    sample.box.addAttribute(new Attribute("locked", 0400, () -> "", data -> {}));
    sample.box.addAttribute(new Attribute("modeOnly", 0666, () -> "", null));
    assertThat(access(name)).isEqualTo("r--");
    assertThat(access(sample.attribute("create"))).isEqualTo("-w-");
    assertThat(access(sample.attribute("type"))).isEqualTo("rw-");
    assertThat(access(sample.attribute("locked"))).isEqualTo("r--");
    assertThat(access(sample.attribute("modeOnly"))).isEqualTo("r--");
    assertThat(access(link)).isEqualTo("rwx");
    assertThat(access(node)).isEqualTo("rw-");
    assertThat(access(sample.attribute("nothing"))).isEqualTo("---");
    assertThat(sample.shown).hasValue(0);
    assertRefused(
        Errno.EACCES,
        AccessDeniedException.class,
        () -> sample.files.provider().checkAccess(name, AccessMode.READ, AccessMode.WRITE));
  }

  @Test
  void existence() throws IOException {
    assertThat(Files.exists(name)).isTrue();
    assertThat(Files.notExists(name)).isFalse();
    assertThat(Files.exists(sample.attribute("nothing"))).isFalse();
    assertThat(Files.notExists(sample.attribute("nothing"))).isTrue();
    assertThat(Files.exists(sample.attribute("name/below"))).isFalse();
    assertThat(Files.isDirectory(link)).isTrue();
    assertThat(Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(Files.isRegularFile(name)).isTrue();
    assertThat(Files.isDirectory(sample.attribute("nothing"))).isFalse();
    assertThat(Files.size(name)).isEqualTo(4096);
    assertThat(Files.isHidden(name)).isFalse();
    assertThat(Files.isHidden(sample.path("/sys/.secret"))).isTrue();
    assertThatCode(() -> sample.files.provider().checkAccess(name)).doesNotThrowAnyException();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  private static <V extends FileAttributeView> V view(Path path, Class<V> type) {
    return Files.getFileAttributeView(path, type);
  }

  private static String access(Path path) {
    return (Files.isReadable(path) ? "r" : "-")
        + (Files.isWritable(path) ? "w" : "-")
        + (Files.isExecutable(path) ? "x" : "-");
  }
}
