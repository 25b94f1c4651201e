package org.mdev4j.benchmarks;

import java.util.Arrays;
import java.util.UUID;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A create and a remove through the tree, on three hosts in turn: one with 10 devices that live
 * meanwhile, one with 1,000, and one with many. In turn, so that whatever else the machine does
 * meets all three.
 */
@State(Scope.Benchmark)
public class CreateRemove {
  private static final int FEW = 10;
  private static final int SOME = 1_000;
  private static final int HOSTS = 3;

  // Not closed: nothing runs in them, and removing their devices would only take time.
  private final ToyHost few = new ToyHost();
  private final ToyHost some = new ToyHost();
  private final ToyHost many = new ToyHost();

  @Param("100000")
  private int live;

  @Setup
  public void fill() {
    fill(few, FEW);
    fill(some, SOME);
    fill(many, live);
  }

  @Benchmark
  @OperationsPerInvocation(HOSTS)
  public void inTurn(Times times) {
    long start = System.nanoTime();
    createRemove(few);
    long afterFew = System.nanoTime();
    createRemove(some);
    long afterSome = System.nanoTime();
    createRemove(many);
    long afterMany = System.nanoTime();
    times.add(afterFew - start, afterSome - afterFew, afterMany - afterSome);
  }

  private static void fill(ToyHost toys, int devices) {
    for (int i = 0; i < devices; i++) {
      var _ = toys.create();
    }
  }

  private static void createRemove(ToyHost toys) {
    UUID uuid = toys.create();
    toys.remove(uuid);
  }

  /** The times of an iteration, by host; what JMH reports of each is the median, in nanoseconds. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Times {
    private static final int CAPACITY = 1 << 16;

    private final long[] ofFew = new long[CAPACITY];
    private final long[] ofSome = new long[CAPACITY];
    private final long[] ofMany = new long[CAPACITY];
    private int count;

    @Setup(Level.Iteration)
    public void reset() {
      count = 0;
    }

    public long few() {
      return median(ofFew);
    }

    public long some() {
      return median(ofSome);
    }

    public long many() {
      return median(ofMany);
    }

    private void add(long few, long some, long many) {
      if (count < CAPACITY) {
        ofFew[count] = few;
        ofSome[count] = some;
        ofMany[count] = many;
        count++;
      }
    }

    private long median(long[] times) {
      long[] sorted = Arrays.copyOf(times, count);
      Arrays.sort(sorted);
      return count == 0 ? 0 : sorted[count / 2];
    }
  }
}
