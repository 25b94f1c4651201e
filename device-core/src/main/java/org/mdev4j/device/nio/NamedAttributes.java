package org.mdev4j.device.nio;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Attributes by name: {@code "posix:*"}, {@code "size,isDirectory"}, {@code "unix:mode"}.
 *
 * <p>A view holds the names of the ones before it: {@code unix} those of {@code posix}, which holds
 * those of {@code basic} and {@code owner}.
 *
 * @param view one of {@link #VIEWS}
 * @param names what is asked for, perhaps {@code *}
 */
record NamedAttributes(String view, List<String> names) {
  static final Set<String> VIEWS = Set.of("basic", "owner", "posix", "unix");

  private static final Set<String> SETTABLE =
      Set.of(
          "lastModifiedTime",
          "lastAccessTime",
          "creationTime",
          "owner",
          "permissions",
          "group",
          "mode",
          "uid",
          "gid");

  /**
   * @param request {@code view:name,name...}; without a view, basic
   */
  static NamedAttributes parse(String request) {
    int colon = request.indexOf(':');
    String view = colon < 0 ? "basic" : request.substring(0, colon);
    if (!VIEWS.contains(view)) {
      throw new UnsupportedOperationException("there is no attribute view '" + view + "'");
    }
    return new NamedAttributes(view, List.of(request.substring(colon + 1).split(",", -1)));
  }

  /** Those of {@code attributes} that are asked for. */
  Map<String, Object> select(SysfsAttributes attributes) {
    Map<String, Object> all = all(attributes);
    for (String name : names) {
      if (!name.equals("*") && !all.containsKey(name)) {
        throw new IllegalArgumentException("view " + view + " has no attribute '" + name + "'");
      }
    }
    if (!names.contains("*")) {
      all.keySet().retainAll(names);
    }
    return all;
  }

  /** Checks that this is one attribute which may be set. */
  void checkSettable(SysfsAttributes attributes) {
    if (names.size() != 1 || !SETTABLE.contains(names.getFirst())) {
      throw new IllegalArgumentException("can't be set: " + view + ":" + String.join(",", names));
    }
    var _ = select(attributes);
  }

  private Map<String, Object> all(SysfsAttributes attributes) {
    Map<String, Object> all = new LinkedHashMap<>();
    if (!view.equals("owner")) {
      all.put("size", attributes.size());
      all.put("creationTime", attributes.creationTime());
      all.put("lastAccessTime", attributes.lastAccessTime());
      all.put("lastModifiedTime", attributes.lastModifiedTime());
      all.put("isRegularFile", attributes.isRegularFile());
      all.put("isDirectory", attributes.isDirectory());
      all.put("isSymbolicLink", attributes.isSymbolicLink());
      all.put("isOther", attributes.isOther());
      all.put("fileKey", attributes.fileKey());
    }
    if (!view.equals("basic")) {
      all.put("owner", attributes.owner());
    }
    if (view.equals("posix") || view.equals("unix")) {
      all.put("permissions", attributes.permissions());
      all.put("group", attributes.group());
    }
    if (view.equals("unix")) {
      all.put("mode", attributes.modeWithType());
      all.put("uid", 0);
      all.put("gid", 0);
      all.put("rdev", attributes.deviceNumber());
    }
    return all;
  }
}
