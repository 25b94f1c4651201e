package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("vfio 1.5: container, group and device files may be closed in any order")
class CloseOrderGroupTest {
  private final VfioHost host = new VfioHost();
  private final ToyDevices.Card card = new ToyDevices.Card();
  private final VfioRegistration registration = host.register(host.device("toy0"), card);

  @AfterEach
  void close() {
    host.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CGDd", "CDGd", "GCDd", "GDCd", "DCGd", "DGCd", "DdGC", "DdCG", "GDdC"})
  @DisplayName("mappings and module uses last until the group's last file, and no longer")
  void closes(String order) {
    int number = ToyDevices.group(host, "toy0");
    int idle = users();
    Container container = host.vfio().openContainer("me");
    GroupFile group = host.vfio().openGroup(number, "me");
    group.setContainer(container);
    container.setIommu(3);
    DmaSpace space = container.iommu();
    int all = space.available();
    GuestMemory memory = GuestMemory.of(Arena.ofAuto().allocate(4096));
    space.map(new DmaMap(DmaMap.SIZE, DmaMap.READ, memory, 0, 0, 4096));
    Map<Character, VfioFile> files =
        Map.of(
            'C',
            container,
            'G',
            group,
            'D',
            group.openDevice("toy0"),
            'd',
            group.openDevice("toy0"));
    int left = 3;
    for (char next : order.toCharArray()) {
      files.get(next).close();
      left -= next == 'C' ? 0 : 1;
      assertThat(users()).isEqualTo(left == 0 ? idle : idle + 2);
      assertThat(space.available()).isEqualTo(left == 0 ? all : all - 1);
      if (left > 0) {
        assertErrno(Errno.EBUSY, () -> host.vfio().openGroup(number, "you"));
      }
    }
    assertThat(card.calls).isEqualTo(List.of("open", "close"));
    assertThat(registration.users()).isEmpty();
    host.vfio().openGroup(number, "you").close();
  }

  private int users() {
    return Integer.parseInt(host.read("/sys/module/vfio/refcnt").strip());
  }
}
