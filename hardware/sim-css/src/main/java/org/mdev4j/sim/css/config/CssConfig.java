package org.mdev4j.sim.css.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.sim.css.channel.Habits;

/**
 * A machine's channel subsystem.
 *
 * {@snippet lang=json :
 * {"habits": "architecture",
 *  "paths": [{"chpid": "00", "type": "32"}],
 *  "subchannels": [{"number": "0000", "device": "1001", "chpids": ["00"], "kind": "fba"}]}
 * }
 *
 * @param habits {@code "habits"}: {@code architecture} or {@code emulator}
 * @param paths the channel paths; those that only a subchannel names are of type 1b
 * @param subchannels the subchannels
 */
public record CssConfig(Habits habits, List<Path> paths, List<Subchannel> subchannels) {
  /** The type of a path that is not described. */
  public static final int DEFAULT_PATH_TYPE = 0x1B;

  /** A channel path: its id and its type. */
  public record Path(int chpid, int type) {}

  /**
   * A subchannel.
   *
   * @param ssid subchannel set, 0 to 3
   * @param number its number, or null for the first that is free
   * @param type subchannel type
   * @param qdio whether it is one for QDIO
   * @param deviceNumber number of the device, or null if there is none
   * @param chpids its paths
   * @param kind what the device is
   * @param object everything that is said of it
   */
  public record Subchannel(
      int ssid,
      @Nullable Integer number,
      int type,
      boolean qdio,
      @Nullable Integer deviceNumber,
      List<Integer> chpids,
      String kind,
      JsonObject object) {
    public Subchannel {
      chpids = List.copyOf(chpids);
    }
  }

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public CssConfig {
    paths = List.copyOf(paths);
    subchannels = List.copyOf(subchannels);
  }

  /**
   * Reads the description of a machine's channel subsystem.
   *
   * @throws ErrnoException {@code EINVAL}, saying what is wrong and where
   */
  public static CssConfig parse(String machine, String json) {
    JsonObject top = object(json, "machine " + machine + ": css");
    top.allowOnly("habits", "paths", "subchannels");
    String habits = top.choice("habits", "architecture", List.of("architecture", "emulator"));
    List<Path> paths = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (JsonObject path : top.objects("paths")) {
      path.allowOnly("chpid", "type");
      Integer chpid = path.hex("chpid", 2);
      Integer type = path.hex("type", 2);
      if (chpid == null || !seen.add(chpid)) {
        throw path.wrong("chpid", chpid == null ? "is missing" : "is there twice");
      }
      paths.add(new Path(chpid, type == null ? DEFAULT_PATH_TYPE : type));
    }
    List<Subchannel> subchannels = new ArrayList<>();
    for (JsonObject subchannel : top.objects("subchannels")) {
      subchannels.add(subchannel(subchannel));
    }
    return new CssConfig(Habits.valueOf(habits.toUpperCase(Locale.ROOT)), paths, subchannels);
  }

  /**
   * Reads the description of one subchannel.
   *
   * @throws ErrnoException {@code EINVAL}, saying what is wrong and where
   */
  public static Subchannel subchannel(String json) {
    return subchannel(object(json, "subchannel"));
  }

  private static Subchannel subchannel(JsonObject object) {
    Integer device = object.hex("device", 4);
    List<Integer> chpids = object.hexes("chpids", 2, 8);
    if (chpids.isEmpty()) {
      chpids = List.of(0);
    }
    String kind = device == null ? "none" : object.choice("kind", null, DeviceFactory.KINDS);
    DeviceFactory.check(kind, object);
    return new Subchannel(
        object.number("ssid", 0, 0, 3),
        object.hex("number", 4),
        object.number("type", 0, 0, 3),
        object.flag("qdio"),
        device,
        chpids,
        kind,
        object);
  }

  private static JsonObject object(String json, String where) {
    try {
      return new JsonObject(MAPPER.readTree(json), where);
    } catch (JsonProcessingException e) {
      throw new ErrnoException(
          Errno.EINVAL,
          String.format(
              Locale.ROOT,
              "%s is no JSON: %s (line %d, column %d)",
              where,
              e.getOriginalMessage(),
              e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
              e.getLocation() == null ? 0 : e.getLocation().getColumnNr()),
          e);
    }
  }
}
