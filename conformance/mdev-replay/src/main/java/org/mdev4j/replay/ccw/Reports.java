package org.mdev4j.replay.ccw;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.mdev4j.css.Crw;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Args;

/**
 * Channel reports that the probe injects by writing {@code solicited overflow chained rsc ancillary
 * erc rsid}, and what of them a subchannel's user is told.
 */
final class Reports {
  private static final String INJECT = "/sys/kernel/debug/s390/cio/crw_inject";
  private static final int WORDS = 7;

  private Reports() {}

  /** Something was written to a file; if that was a report, the shadows are told. */
  static void written(Args args, Session session) {
    if (!args.text("path").equals(INJECT)) {
      return;
    }
    String[] words = new String(args.data(), StandardCharsets.ISO_8859_1).strip().split("\\s+", -1);
    int[] values = new int[WORDS];
    for (int i = 0; i < WORDS; i++) {
      values[i] = Integer.parseInt(words[i], 16);
    }
    boolean passedOn = values[0] == 0 && values[1] == 0 && values[3] == Crw.RSC_PATH;
    OptionalInt code = passedOn ? told(values[5]) : OptionalInt.empty();
    int chpid = values[6] & 0xFF;
    code.ifPresent(
        erc -> session.shadows().reported(chpid, Crw.of(Crw.RSC_PATH, erc, chpid).word()));
  }

  /** The error-recovery code that a user is told: a path is back, or it is lost. */
  private static OptionalInt told(int erc) {
    return switch (erc) {
      case Crw.ERC_INIT, Crw.ERC_IPARM -> OptionalInt.of(Crw.ERC_INIT);
      case Crw.ERC_PERRN, Crw.ERC_PERRI -> OptionalInt.of(Crw.ERC_PERRN);
      default -> OptionalInt.empty();
    };
  }
}
