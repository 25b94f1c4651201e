package org.mdev4j.replay;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What kind of recording a file is, which its name tells: {@code core-A-load}, {@code mtty-B-vfio},
 * {@code danger}; {@code C_blk}, {@code F_remove1}. The kind says how many of its steps may differ
 * on purpose ({@code kernel/FORMAT.md}).
 */
public enum FileKind {
  X86_A(5),
  X86_B(15),
  DANGER(0),
  S390X_A(8),
  S390X_B(8),
  S390X_C(27),
  S390X_D(35),
  S390X_E(25),
  S390X_F(20),
  S390X_G(35),
  S390X_H(20),
  /** A name that tells nothing: the strictest limit. */
  OTHER(5);

  private static final int SKIPPED_PERCENT = 3;
  private static final int ALWAYS_ALLOWED = 2;
  private static final Pattern X86 = Pattern.compile("[A-Za-z0-9]+-([AB])(-.*)?");
  private static final Pattern S390X = Pattern.compile("([A-H])[0-9]*_.*");

  private final int differentPercent;

  FileKind(int differentPercent) {
    this.differentPercent = differentPercent;
  }

  /** The kind of a file with that name, without folder and suffix. */
  public static FileKind of(String name) {
    if (name.equals("danger")) {
      return DANGER;
    }
    Matcher x86 = X86.matcher(name);
    if (x86.matches()) {
      return x86.group(1).equals("A") ? X86_A : X86_B;
    }
    Matcher s390x = S390X.matcher(name);
    return s390x.matches() ? valueOf("S390X_" + s390x.group(1)) : OTHER;
  }

  /** Whether it was recorded on a machine with a channel subsystem. */
  public boolean isS390x() {
    return name().startsWith("S390X");
  }

  /** Which limit {@code summary} exceeds, in words; empty if none. */
  public Optional<String> exceeded(Summary summary) {
    int counted = summary.counted();
    int onPurpose = limit(counted, differentPercent);
    if (summary.deviation() + summary.emulator() > onPurpose) {
      return Optional.of(
          "deviation + emulator is "
              + (summary.deviation() + summary.emulator())
              + ", at most "
              + onPurpose
              + " of "
              + counted
              + " are allowed");
    }
    int skipped = limit(counted, SKIPPED_PERCENT);
    if (summary.skipped() > skipped) {
      return Optional.of(
          "skipped is "
              + summary.skipped()
              + ", at most "
              + skipped
              + " of "
              + counted
              + " are allowed");
    }
    return Optional.empty();
  }

  private static int limit(int counted, int percent) {
    return Math.max(ALWAYS_ALLOWED, counted * percent / 100);
  }
}
