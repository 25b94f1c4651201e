package org.mdev4j.replay.transcript;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A recording of one run of a probe: a file with one JSON object a line.
 *
 * @param name the file's name without its folder and {@code .jsonl}
 * @param steps its steps in order
 */
public record Transcript(String name, List<Step> steps) {
  private static final String SUFFIX = ".jsonl";
  private static final ObjectReader READER =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public Transcript {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a file.
   *
   * @throws TranscriptException if it can't be read, or holds a line that is no step; the message
   *     names the file, and the line
   */
  public static Transcript read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException missing) {
      throw new TranscriptException(file + ": there is no such file", missing);
    } catch (IOException unreadable) {
      throw new TranscriptException(file + ": can't be read: " + unreadable, unreadable);
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      try {
        steps.add(Step.of(i + 1, READER.readTree(line)));
      } catch (JsonProcessingException malformed) {
        throw new TranscriptException(
            file + ":" + (i + 1) + ": not JSON: " + malformed.getOriginalMessage(), malformed);
      } catch (TranscriptException noStep) {
        throw new TranscriptException(file + ":" + (i + 1) + ": " + noStep.getMessage(), noStep);
      }
    }
    if (steps.isEmpty()) {
      throw new TranscriptException(file + ": holds no step");
    }
    return new Transcript(nameOf(file), steps);
  }

  private static String nameOf(Path file) {
    Path last = file.getFileName();
    String name = last == null ? file.toString() : last.toString();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
