package org.mdev4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.mdev4j.device.host.Machine;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.css.CssMachines;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The machines that a host can be: built-in ones by name, others from a JSON file.
 *
 * <p>A file holds one object. All keys may be left out: {@code name}, a text; {@code
 * powerManagement}, true unless it says false; {@code hardware}, an object with one key for each
 * simulator, whose value is that simulator's own business.
 */
final class Machines implements ITypeConverter<Machine> {
  private static final List<String> KEYS = List.of("name", "powerManagement", "hardware");

  /** Modules that do nothing on a plain machine, and one on which they do. */
  private static final Map<String, String> USUAL =
      Map.of("vfio_ap", ApMachines.EXAMPLE, "vfio_ccw", CssMachines.DEFAULT);

  private final Map<String, Machine> builtIn = builtIn();
  private final JsonMapper json =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /**
   * The machine that {@code value} names.
   *
   * @throws TypeConversionException if there is none, saying which there are, or the file is no
   *     good
   */
  @Override
  public Machine convert(String value) {
    Machine named = builtIn.get(value);
    if (named != null) {
      return named;
    }
    if (!value.contains("/") && !value.endsWith(".json")) {
      throw new TypeConversionException(
          "there is no machine '"
              + value
              + "'; there are: "
              + String.join(", ", builtIn.keySet())
              + "; or name a JSON file");
    }
    return read(value);
  }

  /**
   * The machine for those who name none: what the modules that they want have hardware on, all in
   * one; the plain one if none of them needs any.
   */
  static Machine usual(List<String> modules) {
    List<Machine> wanted =
        modules.stream()
            .map(USUAL::get)
            .filter(Objects::nonNull)
            .distinct()
            .map(builtIn()::get)
            .toList();
    if (wanted.isEmpty()) {
      return Machine.plain();
    }
    Map<String, String> hardware = new LinkedHashMap<>();
    wanted.forEach(machine -> hardware.putAll(machine.hardware()));
    return new Machine(
        wanted.stream().map(Machine::name).collect(Collectors.joining("+")),
        wanted.getFirst().powerManagement(),
        hardware);
  }

  /** The names of those that are built in. */
  static Set<String> names() {
    return builtIn().keySet();
  }

  private static Map<String, Machine> builtIn() {
    Map<String, Machine> machines = new TreeMap<>();
    machines.put(Machine.plain().name(), Machine.plain());
    for (String name : CssMachines.names()) {
      CssMachines.find(name).ifPresent(machine -> machines.put(name, machine));
    }
    for (String name : ApMachines.names()) {
      ApMachines.find(name).ifPresent(machine -> machines.put(name, machine));
    }
    return machines;
  }

  private Machine read(String file) {
    try {
      return machine(file, json.readTree(Files.readString(Path.of(file))));
    } catch (JsonProcessingException wrong) {
      throw bad(
          file,
          "line "
              + wrong.getLocation().getLineNr()
              + ", column "
              + wrong.getLocation().getColumnNr()
              + ": "
              + wrong.getOriginalMessage());
    } catch (NoSuchFileException missing) {
      throw new TypeConversionException("there is no machine file " + file);
    } catch (IOException unreadable) {
      throw bad(file, "can't be read: " + unreadable);
    }
  }

  private static Machine machine(String file, JsonNode root) {
    if (!root.isObject()) {
      throw bad(file, "it should hold one object, { ... }");
    }
    root.fieldNames().forEachRemaining(key -> checkKey(file, key));
    JsonNode name = root.path("name");
    JsonNode power = root.path("powerManagement");
    JsonNode hardware = root.path("hardware");
    check(file, name.isMissingNode() || name.isTextual(), "name is a text");
    check(file, power.isMissingNode() || power.isBoolean(), "powerManagement is true or false");
    check(file, hardware.isMissingNode() || hardware.isObject(), "hardware is an object, { ... }");
    Map<String, String> simulators = new LinkedHashMap<>();
    hardware
        .properties()
        .forEach(each -> simulators.put(each.getKey(), each.getValue().toString()));
    return new Machine(name.asText(baseName(file)), power.asBoolean(true), simulators);
  }

  private static String baseName(String file) {
    return String.valueOf(Path.of(file).getFileName()).replaceFirst("\\.json$", "");
  }

  private static void checkKey(String file, String key) {
    check(
        file, KEYS.contains(key), "there is no key '" + key + "', only " + String.join(", ", KEYS));
  }

  private static void check(String file, boolean good, String rule) {
    if (!good) {
      throw bad(file, rule);
    }
  }

  private static TypeConversionException bad(String file, String why) {
    return new TypeConversionException(file + ": " + why);
  }
}
