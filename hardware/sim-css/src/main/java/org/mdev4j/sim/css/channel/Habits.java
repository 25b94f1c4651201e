package org.mdev4j.sim.css.channel;

import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Scsw;

/**
 * Whether a channel subsystem does as the architecture says, or has the habits of the emulator that
 * recordings were made on.
 *
 * <table>
 * <caption>The difference</caption>
 * <tr><th></th><th>ARCHITECTURE</th><th>EMULATOR</th></tr>
 * <tr><td>an instruction that begins a function</td>
 *     <td>returns, and the function is performed meanwhile; its interrupt comes when it is done</td>
 *     <td>performs it as far as it gets; its interrupt comes as soon as the subchannel lock is free
 *     </td></tr>
 * <tr><td>SCSW of a start function repeats</td><td>key, S, F, P, I, A, U of the ORB</td>
 *     <td>F alone</td></tr>
 * <tr><td>after TEST SUBCHANNEL, in a halt, a clear or an unsolicited interrupt</td>
 *     <td>F, device and subchannel status are 0</td><td>what they were</td></tr>
 * <tr><td>a deferred condition code is told</td><td>once</td><td>from then on</td></tr>
 * <tr><td>LPUM of the PMCW is set by</td><td>a start</td><td>a halt or a clear</td></tr>
 * <tr><td>a program that suspends</td><td>makes an intermediate interrupt, unless ORB U</td>
 *     <td>makes none</td></tr>
 * <tr><td>a CCW with the PCI flag</td><td>makes an intermediate interrupt</td>
 *     <td>makes none</td></tr>
 * <tr><td>a CCW with the CD flag</td><td>goes on in the next one</td><td>is the last</td></tr>
 * <tr><td>a TIC as the first CCW</td><td>is a program check</td><td>is taken</td></tr>
 * <tr><td>data of another length than the count, without SLI or with CD</td>
 *     <td>moves, and is incorrect length</td><td>does not move, and is a program check</td></tr>
 * <tr><td>data that an IDAL spreads over several blocks</td><td>go on in each block</td>
 *     <td>begin again in each block</td></tr>
 * <tr><td>a command that moves nothing</td>
 *     <td>leaves its count as residual, and may be incorrect length</td>
 *     <td>leaves residual 0, and never is</td></tr>
 * </table>
 */
public enum Habits {
  ARCHITECTURE,
  EMULATOR;

  /** Whether instructions return only when their function was performed. */
  boolean performsAtOnce() {
    return this == EMULATOR;
  }

  /** The flags in word 0 of the SCSW that a start function begins with. */
  int startFlags(Orb orb, int word0) {
    return this == ARCHITECTURE
        ? orb.scswFlags()
        : (orb.scswFlags() & Scsw.FORMAT_1) | (word0 & Scsw.DEFERRED_CC);
  }

  /** The flags that stay when there is no start function. */
  int idleFlags(int word0) {
    return this == ARCHITECTURE ? 0 : word0 & (Scsw.FORMAT_1 | Scsw.DEFERRED_CC);
  }

  /** The device and subchannel status that stay once they were told. */
  int told(int word2) {
    return this == ARCHITECTURE ? 0 : word2;
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

  /** Whether a program interrupts before it ends: when it suspends, or where a CCW asks for it. */
  boolean interruptsBeforeTheEnd() {
    return this == ARCHITECTURE;
  }

  /** Whether a program may begin with a TIC. */
  boolean takesTicFirst() {
    return this == EMULATOR;
  }

  /** Whether the next CCW goes on with this one's data. */
  boolean chainsData(Ccw ccw) {
    return this == ARCHITECTURE && ccw.has(Ccw.CHAIN_DATA);
  }

  /** Whether {@code length} bytes are refused because the count of {@code ccw} is another one. */
  boolean refusesLength(Ccw ccw, int length) {
    boolean checked = !ccw.has(Ccw.SUPPRESS_LENGTH) || ccw.has(Ccw.CHAIN_DATA);
    return this == EMULATOR && checked && ccw.count() != length;
  }

  /** Where in the data a piece begins before which {@code done} bytes were moved. */
  int pieceAt(int done) {
    return this == ARCHITECTURE ? done : 0;
  }

  /** Whether the count of a command that moves nothing means anything. */
  boolean countsImmediate() {
    return this == ARCHITECTURE;
  }
}
