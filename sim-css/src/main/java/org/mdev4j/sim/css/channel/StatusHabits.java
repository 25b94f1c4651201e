package org.mdev4j.sim.css.channel;

import org.mdev4j.sim.css.Orb;
import org.mdev4j.sim.css.Pmcw;
import org.mdev4j.sim.css.Scsw;

/**
 * What a channel subsystem leaves to its maker: which bits it keeps where the architecture says
 * that they have no meaning, and two habits of an emulator that recordings were made on.
 *
 * <table>
 * <caption>The difference</caption>
 * <tr><th></th><th>ARCHITECTURE</th><th>EMULATOR</th></tr>
 * <tr><td>SCSW of a start function repeats</td><td>key, S, F, P, I, A, U of the ORB</td>
 *     <td>F alone</td></tr>
 * <tr><td>after TEST SUBCHANNEL, in a halt, a clear or an unsolicited interrupt</td>
 *     <td>F, device and subchannel status, CPA are 0</td><td>what they were</td></tr>
 * <tr><td>LPUM of the PMCW is set by</td><td>a start</td><td>a halt or a clear</td></tr>
 * </table>
 */
public enum StatusHabits {
  ARCHITECTURE,
  EMULATOR;

  /** The flags in word 0 of the SCSW that a start function begins with. */
  int startFlags(Orb orb) {
    return this == ARCHITECTURE ? orb.scswFlags() : orb.scswFlags() & Scsw.FORMAT_1;
  }

  /** The flags that stay when there is no start function. */
  int idleFlags(int word0) {
    return this == ARCHITECTURE ? 0 : word0 & Scsw.FORMAT_1;
  }

  /** The status, or the CPA, that stays once it was told. */
  int stale(int word) {
    return this == ARCHITECTURE ? 0 : word;
  }

  /** LPUM after a start selected {@code path}. */
  int lpumAfterStart(Pmcw pmcw, int path) {
    return this == ARCHITECTURE ? path : pmcw.lpum();
  }

  /** LPUM after a halt. */
  int lpumAfterHalt(Pmcw pmcw, int path) {
    return this == ARCHITECTURE ? pmcw.lpum() : path;
  }

  /** LPUM after a clear. */
  int lpumAfterClear(int path) {
    return this == ARCHITECTURE ? 0 : path;
  }
}
