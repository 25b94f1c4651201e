package org.mdev4j.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.mdev4j.device.host.Machine;
import org.mdev4j.replay.transcript.TranscriptException;

/** The machines that can be named. */
final class Machines {
  private Machines() {}

  /**
   * The machine that {@code name} means: a built-in one, or a JSON file with {@code name}, {@code
   * powerManagement} and {@code hardware}, an object with one value for each simulator.
   *
   * @throws TranscriptException if it means none
   */
  static Machine find(String name) {
    if (name.equals(Machine.plain().name())) {
      return Machine.plain();
    }
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new TranscriptException(
          "there is no machine '" + name + "': neither the built-in 'plain' nor a file");
    }
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readString(file));
      if (!json.isObject()) {
        throw new TranscriptException(file + ": a machine is a JSON object");
      }
      Map<String, String> hardware = new HashMap<>();
      json.path("hardware")
          .properties()
          .forEach(entry -> hardware.put(entry.getKey(), entry.getValue().toString()));
      return new Machine(
          json.path("name").asText(name), json.path("powerManagement").asBoolean(true), hardware);
    } catch (IOException unreadable) {
      throw new TranscriptException(file + ": no machine: " + unreadable.getMessage(), unreadable);
    }
  }
}
