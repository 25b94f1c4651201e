package org.mdev4j.driver.ccw.program;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DeviceDma;

/**
 * Copies a channel program from the user's memory ({@code spec/ccw.md} 3.3): the chain that the ORB
 * points to and, depth first, the target of every TIC that is in no chain yet.
 *
 * <p>Only CCWs that can be executed are fetched, so a short chain may end where the mapping does.
 * Used once, by one thread.
 */
final class ChainCollector {
  /** The most CCWs of a chain. */
  static final int MAX_CCWS = 256;

  /** The most chains of a program. */
  static final int MAX_CHAINS = 16;

  private final DeviceDma dma;
  private final Orb orb;
  private final List<Chain> chains = new ArrayList<>();
  private final MemorySegment fetched = MemorySegment.ofArray(new byte[Ccw.SIZE]);

  ChainCollector(DeviceDma dma, Orb orb) {
    this.dma = dma;
    this.orb = orb;
  }

  /**
   * All chains, first the one that the program begins with.
   *
   * @throws ErrnoException {@code EINVAL} for a CCW that is not mapped, a chain that is too long,
   *     or too many of them; {@code EOPNOTSUPP} for IDAWs that are not of format 2 with 4 KiB
   *     blocks; {@code EPERM}, {@code EFAULT} as the memory refuses
   */
  List<Chain> collect() {
    Deque<Iterator<Ccw>> unfinished = new ArrayDeque<>();
    unfinished.push(fetchChain(Integer.toUnsignedLong(orb.cpa())));
    while (!unfinished.isEmpty()) {
      Iterator<Ccw> rest = unfinished.element();
      if (!rest.hasNext()) {
        unfinished.remove();
        continue;
      }
      Ccw ccw = rest.next();
      if (ccw.isTic(true) && chains.stream().noneMatch(c -> c.contains(Chain.target(ccw)))) {
        unfinished.push(fetchChain(Chain.target(ccw)));
      }
    }
    return chains;
  }

  private Iterator<Ccw> fetchChain(long start) {
    if (chains.size() == MAX_CHAINS) {
      throw new ErrnoException(
          Errno.EINVAL,
          String.format(
              "the program has more than %d chains; one more at 0x%x", MAX_CHAINS, start));
    }
    List<Ccw> ccws = new ArrayList<>();
    boolean ended = false;
    while (!ended) {
      if (ccws.size() == MAX_CCWS) {
        throw new ErrnoException(
            Errno.EINVAL,
            String.format("the chain at 0x%x does not end within %d CCWs", start, MAX_CCWS));
      }
      long address = start + (long) Ccw.SIZE * ccws.size();
      Ccw ccw = fetch(address);
      checkIndirect(ccw, address);
      ccws.add(ccw);
      ended = ends(ccw, start, address);
    }
    Chain chain = new Chain(start, ccws);
    chains.add(chain);
    return chain.ccws().iterator();
  }

  /**
   * Whether nothing behind this CCW belongs to the chain. Behind a TIC into the chain itself
   * something does: a status modifier skips the TIC.
   */
  private static boolean ends(Ccw ccw, long start, long address) {
    boolean chained = ccw.has(Ccw.CHAIN_DATA | Ccw.CHAIN_COMMAND);
    boolean back = ccw.isTic(true) && start <= Chain.target(ccw) && Chain.target(ccw) <= address;
    return !chained && !back;
  }

  private Ccw fetch(long address) {
    try {
      dma.read(address, fetched);
    } catch (ErrnoException refusal) {
      throw new ErrnoException(
          refusal.errno(),
          String.format("CCW at 0x%x: %s", address, refusal.getMessage()),
          refusal);
    }
    long bytes = BigEndian.doubleword(fetched, 0);
    return orb.has(Orb.FORMAT_1) ? Ccw.format1(bytes) : asFormat1(Ccw.format0(bytes));
  }

  /** In format 0 a TIC is told by its low four bits, and has no flags or count. */
  private static Ccw asFormat1(Ccw ccw) {
    return ccw.isTic(false) ? new Ccw(Ccw.TIC, 0, 0, ccw.address()) : ccw;
  }

  private void checkIndirect(Ccw ccw, long address) {
    if (ccw.has(Ccw.INDIRECT) && (!orb.has(Orb.FORMAT_2_IDAW) || orb.has(Orb.IDAW_2K))) {
      throw new ErrnoException(
          Errno.EOPNOTSUPP,
          String.format("CCW at 0x%x: IDAWs must be of format 2 with blocks of 4 KiB", address));
    }
  }
}
