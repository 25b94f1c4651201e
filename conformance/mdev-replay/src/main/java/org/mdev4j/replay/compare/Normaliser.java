package org.mdev4j.replay.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which number of the host stands for which recorded one, where the choice is free: group numbers,
 * device numbers, {@code virtioN}.
 *
 * <p>It is one bijection for each kind of number and for a whole file: once 3 stands for 0, it does
 * so to the end and nothing else does, so equal stays equal. A number that was never seen stands
 * for itself.
 *
 * <p>{@code virtioN} is the exception: which devices had which numbers when a recording began was
 * chance, and numbers are used again. There the bijection is one of devices: it lasts from the
 * event that adds a device to the one that removes it.
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

  private Numbers numbers = new Numbers();

  /** A comparison of one step. What it pairs counts for the file only if it is kept. */
  public Attempt attempt() {
    return new Attempt();
  }

  /** A recorded text, for example a path in the arguments, in the host's numbers. */
  public String toHost(String recorded) {
    return renamed(recorded, numbers.hostOf);
  }

  /** A text of the host in the recording's numbers. */
  public String toRecorded(String host) {
    return renamed(host, numbers.recordedOf);
  }

  private static String renamed(String from, Map<Numbered, String> numbers) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (Token token : tokens(from, false)) {
      text.append(from, at, token.start);
      text.append(numbers.getOrDefault(new Numbered(token.kind, token.number), token.number));
      at = token.end;
    }
    return text.append(from, at, from.length()).toString();
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

  private record Numbered(Kind kind, String number) {}

  /** Pairs of numbers, both ways. */
  private record Numbers(Map<Numbered, String> hostOf, Map<Numbered, String> recordedOf) {
    private Numbers() {
      this(new HashMap<>(), new HashMap<>());
    }

    private Numbers copy() {
      return new Numbers(new HashMap<>(hostOf), new HashMap<>(recordedOf));
    }

    /** Pairs two numbers, or finds that they are paired; false if one has another partner. */
    private boolean pair(Kind kind, String recorded, String host) {
      String known = hostOf.putIfAbsent(new Numbered(kind, recorded), host);
      String owner = recordedOf.putIfAbsent(new Numbered(kind, host), recorded);
      return (known == null || known.equals(host)) && (owner == null || owner.equals(recorded));
    }

    /** Parts each of the two from its partner. */
    private void part(Kind kind, String recorded, String host) {
      String partner = hostOf.remove(new Numbered(kind, recorded));
      if (partner != null) {
        recordedOf.remove(new Numbered(kind, partner));
      }
      String owner = recordedOf.remove(new Numbered(kind, host));
      if (owner != null) {
        hostOf.remove(new Numbered(kind, owner));
      }
    }
  }

  /**
   * One comparison: pairs numbers on the way, as far as that agrees with what was paired before.
   */
  public final class Attempt {
    private final Numbers tried = numbers.copy();

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
      numbers = tried;
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
            || !pair(one.kind, one.number, other.number, recorded)) {
          return false;
        }
        leftAt = one.end;
        rightAt = other.end;
      }
      return recorded.substring(leftAt).equals(host.substring(rightAt));
    }

    private boolean pair(Kind kind, String recorded, String host, String text) {
      if (kind == Kind.VFIO_INDEX && recorded.equals("0") != host.equals("0")) {
        return false;
      }
      if (kind == Kind.VIRTIO && text.startsWith("add@")) {
        tried.part(kind, recorded, host);
      }
      boolean same = tried.pair(kind, recorded, host);
      if (kind == Kind.VIRTIO && text.startsWith("remove@")) {
        tried.part(kind, recorded, host);
      }
      return same;
    }
  }
}
