package org.mdev4j.device.lifetime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;

class NumberPoolTest {
  private final NumberPool pool = new NumberPool("vfio group", 4);

  @Test
  void lendsTheSmallestFreeNumber() {
    assertThat(pool.take()).isEqualTo(0);
    assertThat(pool.take()).isEqualTo(1);
    assertThat(pool.take()).isEqualTo(2);

    pool.giveBack(1);
    pool.giveBack(0);

    assertThat(pool.take()).isEqualTo(0);
    assertThat(pool.take()).isEqualTo(1);
    assertThat(pool.take()).isEqualTo(3);
  }

  @Test
  void whenNoneIsLeftItSaysOfWhat() {
    for (int i = 0; i < 4; i++) {
      pool.take();
    }

    assertRefused(Errno.ENOSPC, pool::take)
        .hasMessageContaining("vfio group")
        .hasMessageContaining("4");

    pool.giveBack(2);
    assertThat(pool.take()).isEqualTo(2);
  }

  @Test
  void aNumberIsGivenBackOnceOnly() {
    int number = pool.take();
    pool.giveBack(number);

    assertThatThrownBy(() -> pool.giveBack(number))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("vfio group 0");
    assertThatThrownBy(() -> pool.giveBack(3)).isInstanceOf(IllegalStateException.class);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void countsWhatIsLent() {
    pool.take();
    pool.take();
    assertThat(pool.inUse()).isEqualTo(2);

    pool.giveBack(0);
    assertThat(pool.inUse()).isEqualTo(1);
  }

  @Test
  void agreesWithASortedSetOverManyOperations() {
    Random random = new Random(4711);
    NumberPool large = new NumberPool("number", 64);
    TreeSet<Integer> free = new TreeSet<>();
    for (int i = 0; i < 64; i++) {
      free.add(i);
    }
    List<Integer> lent = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      if (random.nextBoolean() && !free.isEmpty()) {
        int number = large.take();
        assertThat(number).isEqualTo(free.pollFirst());
        lent.add(number);
      } else if (!lent.isEmpty()) {
        int number = lent.remove(random.nextInt(lent.size()));
        large.giveBack(number);
        free.add(number);
      }
      assertThat(large.inUse()).isEqualTo(lent.size());
    }
  }

  @Test
  void noNumberIsLentTwiceAtATime() {
    NumberPool large = new NumberPool("number", 4000);
    List<Background<List<Integer>>> takers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      takers.add(
          Background.call(
              () -> {
                List<Integer> taken = new ArrayList<>();
                for (int n = 0; n < 1000; n++) {
                  taken.add(large.take());
                }
                return taken;
              }));
    }

    List<Integer> all = takers.stream().flatMap(taker -> taker.join().stream()).toList();

    assertThat(all).hasSize(4000).doesNotHaveDuplicates();
    assertRefused(Errno.ENOSPC, large::take);
  }
}
