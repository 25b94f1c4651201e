package org.mdev4j.driver.ccw.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mdev4j.css.Ccw;

/**
 * Which CCWs of a program move data, and so need their pages ({@code spec/ccw.md} 3.5).
 *
 * <p>A CCW that goes on with the data of another is not looked at for its command ({@code
 * spec/ccw.md} 7.9): it moves data as that command does, though its own may be a NOP. The kernel
 * leaves it without pages.
 */
final class DataMovement {
  private static final int NOP = 0x03;

  private final Map<Long, Integer> continued = new HashMap<>();

  /**
   * @param chains all of the program
   */
  DataMovement(List<Chain> chains) {
    chains.forEach(this::addContinued);
  }

  /** Whether CCW {@code index} of {@code chain} moves data; it is no TIC. */
  boolean happensIn(Chain chain, int index) {
    Ccw ccw = chain.ccws().get(index);
    Integer command = continued.get(chain.address(index));
    return happens(ccw, ccw.command()) || (command != null && happens(ccw, command));
  }

  private static boolean happens(Ccw ccw, int command) {
    if (ccw.count() == 0 || command == NOP) {
      return false;
    }
    // The channel takes no notice of SKIP when the device does not bring data in.
    return !ccw.has(Ccw.SKIP) || !Ccw.isInput(command);
  }

  private void addContinued(Chain chain) {
    List<Ccw> ccws = chain.ccws();
    for (int i = 0; i < ccws.size() - 1; i++) {
      Ccw ccw = ccws.get(i);
      if (ccw.has(Ccw.CHAIN_DATA) && !ccw.isTic(true)) {
        int command = continued.getOrDefault(chain.address(i), ccw.command());
        Ccw next = ccws.get(i + 1);
        continued.put(next.isTic(true) ? Chain.target(next) : chain.address(i + 1), command);
      }
    }
  }
}
