package org.mdev4j.replay.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which number of the host stands for which recorded one, where the choice is free: group numbers,
 * device numbers, {@code virtioN}.
 *
 * <p>It is one bijection for each kind of number and for a whole file: once 3 stands for 0, it does
 * so to the end and nothing else does, so equal stays equal. A number that was never seen stands
 * for itself.
 *
 * <p>Not thread-safe: it belongs to one replay.
 */
public final class Normaliser {
  /** What a number counts. */
  enum Kind {
    GROUP("(?:/dev/vfio/|iommu_groups/|class/vfio/|virtual/vfio/|DEVNAME=vfio/)(\\d+)"),
    /** Kept: the lowest free number comes first, so what the kernel called 0 is 0 here. */
    VFIO_INDEX("vfio-dev/vfio(\\d+)"),
    MAJOR("MAJOR=(\\d+)"),
    MINOR("MINOR=(\\d+)"),
    VIRTIO("virtio(\\d+)");

    private final Pattern pattern;

    Kind(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }
  }

  /** The content of a {@code dev} file. */
  private static final Pattern DEVICE_NUMBER = Pattern.compile("(\\d+):(\\d+)\n?");

  private final Map<Kind, Map<String, String>> hostOf = new EnumMap<>(Kind.class);
  private final Map<Kind, Map<String, String>> recordedOf = new EnumMap<>(Kind.class);

  public Normaliser() {
    for (Kind kind : Kind.values()) {
      hostOf.put(kind, new HashMap<>());
      recordedOf.put(kind, new HashMap<>());
    }
  }

  /** A comparison of one step. What it pairs counts for the file only if it is kept. */
  public Attempt attempt() {
    return new Attempt();
  }

  /** A recorded text, for example a path in the arguments, in the host's numbers. */
  public String toHost(String recorded) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (Token token : tokens(recorded, false)) {
      text.append(recorded, at, token.start);
      text.append(names(hostOf, token.kind).getOrDefault(token.number, token.number));
      at = token.end;
    }
    return text.append(recorded, at, recorded.length()).toString();
  }

  private static Map<String, String> names(Map<Kind, Map<String, String>> of, Kind kind) {
    return of.getOrDefault(kind, Map.of());
  }

  private static List<Token> tokens(String text, boolean deviceNumber) {
    List<Token> tokens = new ArrayList<>();
    if (deviceNumber) {
      Matcher matcher = DEVICE_NUMBER.matcher(text);
      if (matcher.matches()) {
        tokens.add(new Token(Kind.MAJOR, matcher.start(1), matcher.end(1), matcher.group(1)));
        tokens.add(new Token(Kind.MINOR, matcher.start(2), matcher.end(2), matcher.group(2)));
      }
      return tokens;
    }
    for (Kind kind : Kind.values()) {
      Matcher matcher = kind.pattern.matcher(text);
      while (matcher.find()) {
        tokens.add(new Token(kind, matcher.start(1), matcher.end(1), matcher.group(1)));
      }
    }
    tokens.sort(Comparator.comparingInt(Token::start));
    return tokens;
  }

  private record Token(Kind kind, int start, int end, String number) {}

  private record Pair(Kind kind, String recorded, String host) {}

  /**
   * One comparison: pairs numbers on the way, as far as that agrees with what was paired before.
   */
  public final class Attempt {
    private final List<Pair> pairs = new ArrayList<>();

    private Attempt() {}

    /** Whether two texts are the same up to free numbers. */
    public boolean same(String recorded, String host) {
      return same(recorded, host, false);
    }

    /** Whether two contents of a {@code dev} file are the same up to free numbers. */
    public boolean sameDeviceNumber(String recorded, String host) {
      return same(recorded, host, true);
    }

    /** Makes what was paired hold for the rest of the file. */
    public void keep() {
      for (Pair pair : pairs) {
        hostOf.computeIfAbsent(pair.kind, key -> new HashMap<>()).put(pair.recorded, pair.host);
        recordedOf.computeIfAbsent(pair.kind, key -> new HashMap<>()).put(pair.host, pair.recorded);
      }
    }

    private boolean same(String recorded, String host, boolean deviceNumber) {
      List<Token> left = tokens(recorded, deviceNumber);
      List<Token> right = tokens(host, deviceNumber);
      if (left.size() != right.size()) {
        return false;
      }
      int leftAt = 0;
      int rightAt = 0;
      for (int i = 0; i < left.size(); i++) {
        Token one = left.get(i);
        Token other = right.get(i);
        if (one.kind != other.kind
            || !recorded.substring(leftAt, one.start).equals(host.substring(rightAt, other.start))
            || !pair(one.kind, one.number, other.number)) {
          return false;
        }
        leftAt = one.end;
        rightAt = other.end;
      }
      return recorded.substring(leftAt).equals(host.substring(rightAt));
    }

    private boolean pair(Kind kind, String recorded, String host) {
      if (kind == Kind.VFIO_INDEX && recorded.equals("0") != host.equals("0")) {
        return false;
      }
      String known = find(kind, recorded, true);
      String owner = find(kind, host, false);
      if (known == null && owner == null) {
        pairs.add(new Pair(kind, recorded, host));
        return true;
      }
      return host.equals(known) && recorded.equals(owner);
    }

    private @Nullable String find(Kind kind, String number, boolean isRecorded) {
      for (Pair pair : pairs) {
        if (pair.kind == kind && number.equals(isRecorded ? pair.recorded : pair.host)) {
          return isRecorded ? pair.host : pair.recorded;
        }
      }
      return names(isRecorded ? hostOf : recordedOf, kind).get(number);
    }
  }
}
