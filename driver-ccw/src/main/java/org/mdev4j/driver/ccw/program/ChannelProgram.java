package org.mdev4j.driver.ccw.program;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.dma.DeviceDma;

/**
 * A user's channel program, translated for the host ({@code spec/ccw.md} 3). Until it is closed it
 * owns the host's copy and the pins of the user's pages.
 *
 * <h2>The host's copy</h2>
 *
 * One buffer, which a 31-bit address reaches: the chains, each followed by an unused doubleword,
 * then the lists of IDAWs. All CCWs are of format 1. A TIC points into the copy; every other CCW
 * points to a list of format-2 IDAWs, one for each 4 KiB page, which are host addresses of pinned
 * pages, or 0 where no data move.
 *
 * <p>Not thread-safe: the I/O lock of the device guards it.
 */
public final class ChannelProgram implements AutoCloseable {
  /** Channel-program addresses have 31 bits; nothing else here is so limited. */
  private static final long LIMIT = 1L << 31;

  private static final int LPM = 0xFF00;
  private static final int REPLACED = Orb.KEY | Orb.IDAW_2K | LPM;

  private final Orb orb;
  private final List<Chain> chains;
  private final List<Pinning> pinnings = new ArrayList<>();
  private final Scope scope = new Scope("channel program");
  private final int[] starts;
  private final long start;

  private ChannelProgram(Orb orb, List<Chain> chains, DeviceDma dma, HostMemory memory) {
    this.orb = orb;
    this.chains = chains;
    this.starts = new int[chains.size()];
    try {
      DataMovement movement = new DataMovement(chains);
      List<List<@Nullable Data>> data = new ArrayList<>();
      int size = 0;
      for (int i = 0; i < starts.length; i++) {
        starts[i] = size;
        // The end of a chain is not the begin of the next one: status tells them apart.
        size += Ccw.SIZE * (chains.get(i).ccws().size() + 1);
      }
      int lists = size;
      for (Chain chain : chains) {
        List<@Nullable Data> ofChain = translate(chain, movement, dma);
        for (Data each : ofChain) {
          size += each == null ? 0 : each.area.size() * Long.BYTES;
        }
        data.add(ofChain);
      }
      HostBuffer copy = scope.own(memory.allocate(size, Long.BYTES, LIMIT));
      start = copy.address();
      write(copy.segment(), data, lists);
    } catch (Throwable failure) {
      close();
      throw failure;
    }
  }

  /** The data of one CCW; without pinning if none move. */
  private record Data(DataArea area, @Nullable Pinning pinning) {
    long idaw(int index) {
      return pinning == null ? 0 : pinning.address(index) + area.offset(index);
    }
  }

  /**
   * Translates the program that {@code orb} points to.
   *
   * @throws ErrnoException as {@link ChainCollector#collect}; {@code EINVAL}, {@code EPERM}, {@code
   *     ENOMEM}, {@code EFAULT} for data that can't be pinned. The message names the CCW. Nothing
   *     stays pinned or allocated
   */
  public static ChannelProgram translate(Orb orb, DeviceDma dma, HostMemory memory) {
    return new ChannelProgram(orb, new ChainCollector(dma, orb).collect(), dma, memory);
  }

  /**
   * The ORB for the host.
   *
   * @param intparm interruption parameter
   * @param paths path mask to use if the user's is 0
   */
  public Orb hostOrb(int intparm, int paths) {
    int word1 = orb.word1() & ~REPLACED;
    word1 |= Orb.FORMAT_1 | Orb.FORMAT_2_IDAW;
    word1 |= orb.lpm() == 0 ? paths << 8 : orb.lpm() << 8;
    if (!orb.has(Orb.FORMAT_1)) {
      // In format 0 immediate commands report no incorrect length; in format 1 they would.
      word1 |= Orb.LENGTH_SUPPRESSION;
    }
    return new Orb(intparm, word1, hostAddress(0, 0));
  }

  /**
   * The user's address of what is at {@code cpa} on the host; the end of a chain counts as in it. 0
   * if it is nothing of this program: no host address is told to the user.
   */
  public int guestAddress(int cpa) {
    for (int i = 0; i < starts.length; i++) {
      int offset = cpa - hostAddress(i, 0);
      if (0 <= offset && offset <= Ccw.SIZE * chains.get(i).ccws().size()) {
        return (int) chains.get(i).start() + offset;
      }
    }
    return 0;
  }

  /** Whether a pinned page lies in the {@code size} bytes from {@code iova}, both unsigned. */
  public boolean touches(long iova, long size) {
    return pinnings.stream().anyMatch(pinning -> pinning.touches(iova, size));
  }

  /** Unpins the pages and frees the copy. A second close does nothing. */
  @Override
  public void close() {
    scope.close();
  }

  private List<@Nullable Data> translate(Chain chain, DataMovement movement, DeviceDma dma) {
    List<@Nullable Data> data = new ArrayList<>();
    for (int i = 0; i < chain.ccws().size(); i++) {
      Ccw ccw = chain.ccws().get(i);
      try {
        data.add(ccw.isTic(true) ? null : data(ccw, movement.happensIn(chain, i), dma));
      } catch (ErrnoException refusal) {
        throw new ErrnoException(
            refusal.errno(),
            String.format("data of %s at 0x%x: %s", ccw, chain.address(i), refusal.getMessage()),
            refusal);
      }
    }
    return data;
  }

  private Data data(Ccw ccw, boolean moves, DeviceDma dma) {
    DataArea area = DataArea.of(ccw, dma);
    if (!moves) {
      return new Data(area, null);
    }
    Pinning pinning = scope.own(Pinning.of(area, dma));
    pinnings.add(pinning);
    return new Data(area, pinning);
  }

  private void write(MemorySegment copy, List<List<@Nullable Data>> data, int lists) {
    int list = lists;
    for (int c = 0; c < starts.length; c++) {
      List<Ccw> ccws = chains.get(c).ccws();
      for (int i = 0; i < ccws.size(); i++) {
        Ccw ccw = ccws.get(i);
        Data of = data.get(c).get(i);
        Ccw host;
        if (of == null) {
          host = new Ccw(ccw.command(), ccw.flags(), ccw.count(), hostTarget(ccw));
        } else {
          host =
              new Ccw(ccw.command(), ccw.flags() | Ccw.INDIRECT, ccw.count(), (int) start + list);
          for (int word = 0; word < of.area.size(); word++) {
            BigEndian.doubleword(copy, list, of.idaw(word));
            list += Long.BYTES;
          }
        }
        BigEndian.doubleword(copy, starts[c] + (long) Ccw.SIZE * i, host.toFormat1());
      }
    }
  }

  private int hostTarget(Ccw tic) {
    long target = Chain.target(tic);
    for (int i = 0; i < starts.length; i++) {
      if (chains.get(i).contains(target)) {
        return hostAddress(i, (int) (target - chains.get(i).start()));
      }
    }
    throw new ErrnoException(
        Errno.EFAULT, String.format("no chain was collected at TIC target 0x%x", target));
  }

  private int hostAddress(int chain, int offset) {
    return (int) start + starts[chain] + offset;
  }
}
