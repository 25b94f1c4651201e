package org.mdev4j.device.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The values of a module's parameters for one load. Immutable. */
public final class Parameters {
  private final Map<String, String> values;

  private Parameters(Map<String, String> values) {
    this.values = values;
  }

  /**
   * @throws ErrnoException {@code EINVAL} for a name that is not declared or a value that does not
   *     parse, naming what would have been right
   */
  static Parameters parse(String module, List<Parameter> declared, Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    declared.forEach(
        parameter -> values.put(parameter.name(), parameter.parse(parameter.initial())));
    for (Map.Entry<String, String> entry : given.entrySet()) {
      Parameter parameter =
          declared.stream()
              .filter(candidate -> candidate.name().equals(entry.getKey()))
              .findFirst()
              .orElseThrow(() -> unknown(module, entry.getKey(), declared));
      values.put(parameter.name(), parameter.parse(entry.getValue()));
    }
    return new Parameters(values);
  }

  private static ErrnoException unknown(String module, String name, List<Parameter> declared) {
    String known = declared.stream().map(Parameter::name).collect(Collectors.joining(", "));
    return new ErrnoException(
        Errno.EINVAL,
        "module "
            + module
            + " has no parameter '"
            + name
            + "'"
            + (known.isEmpty() ? "; it has none" : "; it has: " + known));
  }

  public int number(String name) {
    return Integer.parseInt(text(name));
  }

  public boolean flag(String name) {
    return text(name).equals("Y");
  }

  public String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("parameter " + name + " was not declared");
    }
    return value;
  }
}
