package org.mdev4j.driver.ccw.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Refusal.refused;
import static org.mdev4j.driver.ccw.program.Bench.IOVA;
import static org.mdev4j.driver.ccw.program.Bench.orb;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.device.errno.Errno;

@DisplayName("ccw 3.3: chains are collected")
class ChainCollectorTest {
  private static final int OTHER = IOVA + 0x10000;
  private static final Ccw LAST = nop(0);
  private static final Ccw CHAINED = nop(Ccw.CHAIN_COMMAND);

  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  @DisplayName("9.46 in format 0 any command that ends in 8 is a TIC, without flags and count")
  void format0Tics() {
    bench.doubleword(
        IOVA, CHAINED.toFormat0(), new Ccw(0xF8, Ccw.SUPPRESS_LENGTH, 5, IOVA + 0x200).toFormat0());
    bench.doubleword(
        IOVA + 0x200,
        CHAINED.toFormat0(),
        new Ccw(0x18, Ccw.INDIRECT, 7, IOVA + 0x400).toFormat0());
    bench.doubleword(IOVA + 0x400, new Ccw(0x02, Ccw.SKIP, 3, IOVA + 0x800).toFormat0());

    assertThat(collect(new Orb(0, Bench.FORMAT_0, IOVA)))
        .containsExactly(
            chain(IOVA, CHAINED, tic(IOVA + 0x200)),
            chain(IOVA + 0x200, CHAINED, tic(IOVA + 0x400)),
            chain(IOVA + 0x400, new Ccw(0x02, Ccw.SKIP, 3, IOVA + 0x800)));
  }

  @Test
  @DisplayName("9.46 in format 1 only 08 is a TIC; with flags it chains on as they say")
  void format1Tics() {
    Ccw noTic = new Ccw(0x18, 0, 0, OTHER);
    bench.program(IOVA, CHAINED, noTic);
    assertThat(collect()).containsExactly(chain(IOVA, CHAINED, noTic));

    Ccw chainedTic = new Ccw(Ccw.TIC, Ccw.CHAIN_COMMAND, 0, OTHER);
    bench.program(IOVA, CHAINED, chainedTic, LAST);
    bench.program(OTHER, LAST);
    assertThat(collect())
        .containsExactly(chain(IOVA, CHAINED, chainedTic, LAST), chain(OTHER, LAST));
  }

  @Test
  @DisplayName("9.47 a chain of 256 CCWs is accepted, one of 257 is EINVAL")
  void longestChain() {
    bench.program(IOVA, Collections.nCopies(255, CHAINED).toArray(Ccw[]::new));
    bench.program(IOVA + 8 * 255, LAST);
    assertThat(collect().getFirst().ccws()).hasSize(256);

    bench.program(IOVA + 8 * 255, CHAINED, LAST);
    assertThat(refused(Errno.EINVAL, this::collect))
        .hasMessageContaining("chain at 0x100000")
        .hasMessageContaining("256");
  }

  @Test
  @DisplayName("9.47 a backward TIC in place 256 goes on counting, and is EINVAL")
  void backwardTicAtTheLimit() {
    bench.program(IOVA, Collections.nCopies(255, CHAINED).toArray(Ccw[]::new));
    bench.program(IOVA + 8 * 255, tic(IOVA));
    refused(Errno.EINVAL, this::collect);
    bench.program(OTHER, LAST);
    bench.program(IOVA + 8 * 255, tic(OTHER));
    assertThat(collect()).as("a forward TIC ends it").hasSize(2);
  }

  @ParameterizedTest(name = "{0} chains")
  @ValueSource(ints = {2, 15, 16})
  @DisplayName("9.48 up to 16 chains are accepted")
  void manyChains(int count) {
    linkedChains(count);
    assertThat(collect()).hasSize(count);
  }

  @ParameterizedTest(name = "{0} chains")
  @ValueSource(ints = {17, 18, 200})
  @DisplayName("9.48 more chains are EINVAL")
  void tooManyChains(int count) {
    linkedChains(count);
    assertThat(refused(Errno.EINVAL, this::collect)).hasMessageContaining("16 chains");
  }

  @Test
  @DisplayName("9.48 chains of a tree count as well: the first is fetched to its end, then deeper")
  void treeOfChains() {
    for (int i = 0; i < 8; i++) {
      // Behind a TIC with the chaining flag the chain goes on, so that it can have many.
      bench.program(IOVA + 8 * i, new Ccw(Ccw.TIC, Ccw.CHAIN_COMMAND, 0, OTHER + 0x100 * i));
      bench.program(OTHER + 0x100 * i, CHAINED, tic(OTHER + 0x1000 + 0x100 * i));
      bench.program(OTHER + 0x1000 + 0x100 * i, LAST);
    }
    bench.program(IOVA + 8 * 8, LAST);
    assertThat(refused(Errno.EINVAL, this::collect)).hasMessageContaining("one more at 0x111700");
    bench.program(IOVA + 8 * 7, LAST);
    assertThat(collect().stream().map(Chain::start).limit(4))
        .containsExactly((long) IOVA, (long) OTHER, (long) OTHER + 0x1000, (long) OTHER + 0x100);
  }

  @Test
  @DisplayName("9.48 two chains that lead to each other are two chains")
  void pingPong() {
    bench.program(IOVA, CHAINED, tic(OTHER));
    bench.program(OTHER, CHAINED, tic(IOVA));
    assertThat(collect())
        .containsExactly(chain(IOVA, CHAINED, tic(OTHER)), chain(OTHER, CHAINED, tic(IOVA)));
  }

  @Test
  @DisplayName("9.49 a TIC back into its chain, also to itself, does not end it")
  void backwardTic() {
    bench.program(IOVA, CHAINED, tic(IOVA), CHAINED, tic(IOVA + 24), LAST);
    assertThat(collect())
        .containsExactly(chain(IOVA, CHAINED, tic(IOVA), CHAINED, tic(IOVA + 24), LAST));
  }

  @Test
  @DisplayName("9.50 a TIC to the middle of a chain that is there needs no other")
  void ticToTheMiddle() {
    bench.program(IOVA, CHAINED, CHAINED, CHAINED, tic(OTHER));
    bench.program(OTHER, CHAINED, tic(IOVA + 16));
    assertThat(collect()).hasSize(2);
    bench.program(OTHER, CHAINED, tic(IOVA + 24));
    assertThat(collect()).as("its last CCW is in it").hasSize(2);
    bench.program(IOVA + 32, LAST);
    bench.program(OTHER, CHAINED, tic(IOVA + 32));
    assertThat(collect()).as("what is behind it is not").hasSize(3);
  }

  @ParameterizedTest(name = "ORB bits {0}")
  @ValueSource(ints = {0, Orb.IDAW_2K, Orb.FORMAT_2_IDAW | Orb.IDAW_2K})
  @DisplayName("9.53 IDAWs that are not of format 2 with 4 KiB blocks are EOPNOTSUPP")
  void otherIdaws(int bits) {
    Orb orb = new Orb(0, Bench.FORMAT_1 & ~Orb.FORMAT_2_IDAW | bits, IOVA);
    bench.program(IOVA, CHAINED, new Ccw(0x02, Ccw.INDIRECT, 8, OTHER));
    assertThat(refused(Errno.EOPNOTSUPP, () -> collect(orb))).hasMessageContaining("0x100008");
    bench.program(IOVA, CHAINED, new Ccw(0x02, 0, 8, OTHER));
    assertThat(collect(orb)).as("9.54 without them any format will do").hasSize(1);
  }

  @Test
  @DisplayName("9.55 a CCW that is not mapped is EINVAL, and is named")
  void unmapped() {
    assertThat(refused(Errno.EINVAL, () -> collect(orb(0x1000))))
        .hasMessageContaining("CCW at 0x1000");
    bench.program(IOVA, CHAINED, tic(0x2000));
    assertThat(refused(Errno.EINVAL, this::collect)).hasMessageContaining("CCW at 0x2000");
    refused(Errno.EINVAL, () -> collect(orb(0x8000_0000 | IOVA)));
  }

  @Test
  @DisplayName("9.56 a short chain may end where the memory does")
  void atTheEndOfTheMemory() {
    int end = IOVA + Bench.SIZE;
    bench.program(end - 16, CHAINED, LAST);
    assertThat(collect(orb(end - 16))).containsExactly(chain(end - 16, CHAINED, LAST));
    bench.program(end - 8, CHAINED);
    assertThat(refused(Errno.EINVAL, () -> collect(orb(end - 16))))
        .hasMessageContaining("CCW at 0x200000");
  }

  @Test
  @DisplayName("3.8 alignment of the CPA and of TIC targets is the channel's business")
  void unaligned() {
    bench.program(IOVA + 4, CHAINED, tic(OTHER + 3));
    bench.program(OTHER + 3, LAST);
    assertThat(collect(orb(IOVA + 4)))
        .containsExactly(chain(IOVA + 4, CHAINED, tic(OTHER + 3)), chain(OTHER + 3, LAST));
  }

  private void linkedChains(int count) {
    for (int i = 0; i < count; i++) {
      int at = IOVA + 0x1000 * i;
      bench.program(at, CHAINED, i == count - 1 ? LAST : tic(at + 0x1000));
    }
  }

  private List<Chain> collect() {
    return collect(orb(IOVA));
  }

  private List<Chain> collect(Orb orb) {
    return new ChainCollector(bench.dma, orb).collect();
  }

  private static Chain chain(int start, Ccw... ccws) {
    return new Chain(start, List.of(ccws));
  }

  private static Ccw nop(int flags) {
    return new Ccw(0x03, flags, 1, IOVA);
  }

  private static Ccw tic(int target) {
    return new Ccw(Ccw.TIC, 0, 0, target);
  }
}
