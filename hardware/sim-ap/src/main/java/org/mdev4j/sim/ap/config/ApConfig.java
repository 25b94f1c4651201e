package org.mdev4j.sim.ap.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A machine's AP part. Numbers of adapters and domains are hexadecimal texts.
 *
 * {@snippet lang=json :
 * {"maxAdapter": "7f", "maxDomain": "ff", "qci": true, "apxa": true,
 *  "cards": [{"adapter": "05", "type": 11, "mode": "cca", "depth": 7, "messageLimit": 0}],
 *  "domains": ["0004", "00ab"], "controlDomains": ["0004"],
 *  "apmask": "0xff", "aqmask": "0xff"}
 * }
 *
 * @param host what QCI tells; its {@code available} is {@code "qci"}
 * @param cards the cards, of which the adapters are configured
 * @param reserved apmask and aqmask at first: all ones unless said
 */
public record ApConfig(QciInfo host, List<CardConfig> cards, ApMatrix reserved) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          // A number where a text is wanted would be read as decimal by people, hexadecimal by us.
          .withCoercionConfig(
              LogicalType.Textual,
              config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail))
          .build();

  private static final int OLDEST_TYPE = 3;
  private static final int NEWEST_TYPE = 14;
  private static final int DEFAULT_TYPE = 11;
  private static final int DEFAULT_DEPTH = 7;
  private static final int NIBBLE = 15;

  public ApConfig {
    cards = List.copyOf(cards);
  }

  /** The machine's AP part as the file says it; what is not said is null. */
  record Text(
      @Nullable Boolean qci,
      @Nullable Boolean apxa,
      @Nullable String maxAdapter,
      @Nullable String maxDomain,
      @Nullable List<CardText> cards,
      @Nullable List<String> domains,
      @Nullable List<String> controlDomains,
      @Nullable String apmask,
      @Nullable String aqmask) {}

  /** A card as the file says it. */
  record CardText(
      @Nullable String adapter,
      @Nullable Integer type,
      @Nullable String mode,
      @Nullable Integer depth,
      @Nullable Integer messageLimit) {}

  /**
   * Reads the description of a machine's AP part.
   *
   * @throws ErrnoException {@code EINVAL}, saying what is wrong and where
   */
  public static ApConfig parse(String machine, String json) {
    String where = "machine " + machine + ": ap";
    Text text = read(json, Text.class, where);
    boolean apxa = text.apxa == null || text.apxa;
    int na = number(text.maxAdapter, "ff", where + ".maxAdapter");
    int nd = number(text.maxDomain, "ff", where + ".maxDomain");
    QciInfo limits = new QciInfo(text.qci == null || text.qci, apxa, na, nd, ApMatrix.EMPTY);
    List<CardConfig> cards =
        orNone(text.cards).stream().map(card -> card(card, where + ".cards")).toList();
    Set<Integer> seen = new HashSet<>();
    ApMask adapters = ApMask.NONE;
    for (CardConfig card : cards) {
      if (!seen.add(card.adapter())) {
        throw wrong(where + ".cards", "adapter " + hex(card.adapter()) + " is there twice");
      }
      adapters = adapters.with(card.adapter());
    }
    check(adapters, limits.maxAdapter(), where + ".cards");
    ApMask domains = mask(text.domains, limits.maxDomain(), where + ".domains");
    ApMask control = mask(text.controlDomains, limits.maxDomain(), where + ".controlDomains");
    return new ApConfig(
        limits.with(new ApMatrix(adapters, domains, control)),
        cards,
        ApMatrix.ofQueues(
            permission(text.apmask, where + ".apmask"),
            permission(text.aqmask, where + ".aqmask")));
  }

  /**
   * Reads the description of one card.
   *
   * @throws ErrnoException {@code EINVAL}, saying what is wrong
   */
  public static CardConfig card(String json) {
    return card(read(json, CardText.class, "card"), "card");
  }

  private static CardConfig card(@Nullable CardText text, String where) {
    if (text == null || text.adapter == null) {
      throw wrong(where, "a card has no adapter number");
    }
    int adapter = number(text.adapter, "", where + ".adapter");
    String itsPlace = where + " (adapter " + hex(adapter) + ")";
    return new CardConfig(
        adapter,
        within(text.type, DEFAULT_TYPE, OLDEST_TYPE, NEWEST_TYPE, itsPlace + ".type"),
        mode(text.mode, itsPlace + ".mode"),
        within(text.depth, DEFAULT_DEPTH, 0, NIBBLE, itsPlace + ".depth"),
        within(text.messageLimit, 0, 0, NIBBLE, itsPlace + ".messageLimit"));
  }

  private static CardMode mode(@Nullable String text, String where) {
    for (CardMode mode : CardMode.values()) {
      if (text == null || mode.name().toLowerCase(Locale.ROOT).equals(text)) {
        return text == null ? CardMode.CCA : mode;
      }
    }
    throw wrong(where, "'" + text + "' is none of accelerator, cca, ep11");
  }

  private static int within(@Nullable Integer value, int otherwise, int low, int high, String at) {
    int number = value == null ? otherwise : value;
    if (number < low || number > high) {
      throw wrong(at, number + " is not between " + low + " and " + high);
    }
    return number;
  }

  private static ApMask mask(@Nullable List<String> texts, int most, String where) {
    ApMask mask = ApMask.NONE;
    for (String text : orNone(texts)) {
      mask = mask.with(number(text, "", where));
    }
    check(mask, most, where);
    return mask;
  }

  private static void check(ApMask mask, int most, String where) {
    for (int number : mask.numbers()) {
      if (number > most) {
        throw wrong(where, hex(number) + " is more than the highest number, " + hex(most));
      }
    }
  }

  private static ApMask permission(@Nullable String text, String where) {
    try {
      return text == null ? ApMask.ALL : ApMask.parse(text);
    } catch (ErrnoException malformed) {
      throw new ErrnoException(Errno.EINVAL, where + ": " + malformed.getMessage(), malformed);
    }
  }

  private static int number(@Nullable String text, String otherwise, String where) {
    String digits = text == null ? otherwise : text;
    if (!digits.matches("0{0,2}\\p{XDigit}{1,2}")) {
      throw wrong(where, "'" + digits + "' is no number from 00 to ff, as hexadecimal text");
    }
    return Integer.parseInt(digits, 16);
  }

  private static String hex(int number) {
    return String.format(Locale.ROOT, "%02x", number);
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static <T> T read(String json, Class<T> type, String where) {
    try {
      T value = MAPPER.readValue(json, type);
      if (value != null) {
        return value;
      }
    } catch (JsonProcessingException malformed) {
      throw new ErrnoException(
          Errno.EINVAL,
          String.format(
              Locale.ROOT,
              "%s: %s (line %d, column %d)",
              where,
              malformed.getOriginalMessage(),
              malformed.getLocation() == null ? 0 : malformed.getLocation().getLineNr(),
              malformed.getLocation() == null ? 0 : malformed.getLocation().getColumnNr()),
          malformed);
    }
    throw wrong(where, "is null");
  }

  private static ErrnoException wrong(String where, String why) {
    return new ErrnoException(Errno.EINVAL, where + ": " + why);
  }
}
