package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MappingTreeTest {
  private final Space space = Space.v2();
  private final MappingTree tree = new MappingTree();

  @AfterEach
  void close() {
    space.close();
  }

  private DmaMapping mapping() {
    DmaMap request = new DmaMap(DmaMap.SIZE, Space.RW, space.memory, 0, 0, Space.PAGE);
    return new DmaMapping(request, space.hostMemory());
  }

  @Test
  @DisplayName("5.4: who finds a mapping that goes meanwhile gets the one that comes after it")
  void replaced() {
    DmaMapping leaving = mapping();
    DmaMapping next = mapping();
    tree.add(leaving);
    leaving.close();
    AtomicReference<DmaMapping> entered = new AtomicReference<>();
    Parallel copy = Parallel.run(() -> entered.set(tree.enter(5)));

    tree.remove(leaving);
    tree.add(next);

    copy.join();
    assertThat(entered.get()).isIn(null, next);
    assertThat(tree.enter(5)).isSameAs(next);
  }

  @Test
  @DisplayName("5.4: a mapping that has gone is not entered")
  void gone() {
    DmaMapping leaving = mapping();
    tree.add(leaving);
    leaving.close();
    AtomicReference<DmaMapping> entered = new AtomicReference<>(leaving);
    Parallel copy = Parallel.run(() -> entered.set(tree.enter(5)));

    tree.remove(leaving);

    copy.join();
    assertThat(entered.get()).isNull();
    assertThat(tree.count()).isZero();
  }
}
