package org.mdev4j.cli.shell.builtin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mdev4j.cli.shell.UsageException;

/** Parameters as a load of a module takes them: {@code KEY=VALUE}, or {@code KEY} for a flag. */
final class Assignments {
  private Assignments() {}

  static Map<String, String> parse(List<String> words) throws UsageException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? word : word.substring(0, equals);
      if (key.isEmpty()) {
        throw new UsageException("'" + word + "' is no KEY=VALUE");
      }
      values.put(key, equals < 0 ? "" : word.substring(equals + 1));
    }
    return values;
  }
}
