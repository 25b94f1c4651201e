package org.mdev4j.cli.verbs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.mdev4j.device.errno.Errno;

/** Creates and removes mediated devices through the files of a sysfs tree. */
public final class Lifecycle {
  private static final Pattern UUID_TEXT =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private final Inventory inventory;

  public Lifecycle(Inventory inventory) {
    this.inventory = inventory;
  }

  /**
   * Creates a device.
   *
   * @param parent the parent's name
   * @param type the type's whole name ({@code mtty-1}) or what follows the first part of it ({@code
   *     1})
   * @return the device's name
   * @throws VerbException if there is no such parent or type, or the tree refuses
   */
  public String create(String parent, String type, String uuid) throws VerbException {
    TypeEntry entry = choose(parent, inventory.types(parent), type);
    String name = name(uuid);
    try {
      SysfsFiles.write(inventory.typePath(entry).resolve("create"), name);
    } catch (IOException failure) {
      throw new VerbException(
          "can't create " + name + " of type " + entry.id() + ": " + why(failure, entry, name),
          failure);
    }
    return name;
  }

  /**
   * Removes a device; waits as long as somebody uses it.
   *
   * @throws VerbException if there is no such device, or the tree refuses
   */
  public void remove(String uuid) throws VerbException {
    removeExisting(existing(uuid));
  }

  /**
   * Removes a device; waits at most {@code limit} for those who use it.
   *
   * @throws VerbException also if it is still in use then, naming who uses it. The removal is not
   *     taken back: the tree goes on with it once the device is let go
   */
  public void remove(String uuid, Duration limit) throws VerbException, InterruptedException {
    String name = existing(uuid);
    FutureTask<Boolean> removal =
        new FutureTask<>(
            () -> {
              removeExisting(name);
              return true;
            });
    // A daemon: a write that blocks must not keep the command from ending.
    Thread.ofPlatform().daemon().name("remove " + name).start(removal);
    try {
      var _ = removal.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException inUse) {
      throw new VerbException(name + " is still in use" + by(name) + "; it goes when it is let go");
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof VerbException refusal
          ? refusal
          : new VerbException("can't remove " + name + ": " + failure.getCause(), failure);
    }
  }

  private String existing(String uuid) throws VerbException {
    String name = name(uuid);
    if (!Files.exists(inventory.devicePath(name), LinkOption.NOFOLLOW_LINKS)) {
      throw new VerbException("there is no mediated device " + name);
    }
    return name;
  }

  private void removeExisting(String name) throws VerbException {
    try {
      SysfsFiles.write(inventory.devicePath(name).resolve("remove"), "1");
    } catch (IOException failure) {
      throw new VerbException("can't remove " + name + ": " + why(failure), failure);
    }
  }

  private String by(String name) {
    List<String> users = inventory.users(name);
    return users.isEmpty() ? "" : " by " + String.join(", ", users);
  }

  private static TypeEntry choose(String parent, List<TypeEntry> types, String wanted)
      throws VerbException {
    List<TypeEntry> found = types.stream().filter(type -> type.id().equals(wanted)).toList();
    if (found.isEmpty()) {
      found = types.stream().filter(type -> type.id().endsWith("-" + wanted)).toList();
    }
    if (found.size() == 1) {
      return found.getFirst();
    }
    String problem =
        found.isEmpty()
            ? "parent " + parent + " has no type '" + wanted + "'; "
            : "'" + wanted + "' may be any of several types of parent " + parent + "; ";
    List<TypeEntry> choice = found.isEmpty() ? types : found;
    throw new VerbException(problem + Inventory.among(choice.stream().map(TypeEntry::id).toList()));
  }

  /** The UUID as the tree names the device. */
  private static String name(String uuid) throws VerbException {
    if (!UUID_TEXT.matcher(uuid).matches()) {
      throw new VerbException(
          "'" + uuid + "' is no UUID (8-4-4-4-12 hexadecimal digits, without braces)");
    }
    return uuid.toLowerCase(Locale.ROOT);
  }

  /** What the tree answered, and what can be seen of its reason. */
  private String why(IOException failure, TypeEntry type, String name) {
    Path device = inventory.devicePath(name);
    if (Files.exists(device, LinkOption.NOFOLLOW_LINKS)) {
      return Refusal.of(failure) + " (the device exists)";
    }
    String left = SysfsFiles.read(inventory.typePath(type).resolve("available_instances"));
    return "0".equals(left) ? Refusal.of(failure) + " (no instance is available)" : why(failure);
  }

  private static String why(IOException failure) {
    Refusal refusal = Refusal.of(failure);
    return refusal.errno() == Errno.EACCES ? refusal + " (are you root?)" : refusal.toString();
  }
}
