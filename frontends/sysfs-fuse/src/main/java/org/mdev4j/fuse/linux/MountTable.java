package org.mdev4j.fuse.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is mounted where, in the mount namespace of the thread that asks; bottom first, so the last
 * one of a path is what is seen there.
 */
public record MountTable(List<Mount> mounts) {
  // A thread may have a namespace of its own, so it is not the process that is asked.
  private static final Path MOUNTS = Path.of("/proc/thread-self/mountinfo");
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  /**
   * One mount.
   *
   * @param at the directory where it is
   * @param type of the file system, for example {@code sysfs}
   */
  public record Mount(Path at, String type) {}

  public MountTable {
    mounts = List.copyOf(mounts);
  }

  public static MountTable read() throws IOException {
    // Names are bytes; a name that is not UTF-8 must not keep the others from being read.
    return parse(new String(Files.readAllBytes(MOUNTS), StandardCharsets.UTF_8));
  }

  /** Reads the text of {@code /proc/PID/mountinfo}. */
  static MountTable parse(String text) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : text.lines().toList()) {
      // 36 35 98:0 / /mnt rw,noatime shared:1 - fuse.mdev4j mdev4j rw
      String[] both = line.split(" - ", 2);
      String[] place = both[0].split(" ", -1);
      if (both.length == 2 && place.length > 4) {
        mounts.add(new Mount(Path.of(unescape(place[4])), both[1].split(" ", 2)[0]));
      }
    }
    return new MountTable(mounts);
  }

  /** What is seen at {@code directory}, if something is mounted just there. */
  public Optional<Mount> at(Path directory) {
    return mounts.stream()
        .filter(mount -> mount.at().equals(directory))
        .reduce((below, above) -> above);
  }

  private static String unescape(String name) {
    return OCTAL
        .matcher(name)
        .replaceAll(
            match ->
                java.util.regex.Matcher.quoteReplacement(
                    Character.toString((char) Integer.parseInt(match.group(1), 8))));
  }
}
