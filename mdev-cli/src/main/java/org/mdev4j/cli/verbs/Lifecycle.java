package org.mdev4j.cli.verbs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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
    String name = name(uuid);
    Path device = inventory.devicePath(name);
    if (!Files.exists(device, LinkOption.NOFOLLOW_LINKS)) {
      throw new VerbException("there is no mediated device " + name);
    }
    try {
      SysfsFiles.write(device.resolve("remove"), "1");
    } catch (IOException failure) {
      throw new VerbException("can't remove " + name + ": " + why(failure), failure);
    }
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
    throw new VerbException(problem + Choice.among(choice.stream().map(TypeEntry::id).toList()));
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
