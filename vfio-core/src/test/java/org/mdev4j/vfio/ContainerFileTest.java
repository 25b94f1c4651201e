package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("vfio 2.3: a container")
class ContainerFileTest {
  private final VfioHost host = new VfioHost();
  private final Container container = host.vfio().openContainer("me");
  private final GroupFile first = group("toy0");
  private final GroupFile second = group("toy1");

  @AfterEach
  void close() {
    first.close();
    second.close();
    container.close();
    host.close();
  }

  @Test
  @DisplayName("GET_API_VERSION is 0, and it knows its user")
  void tellsVersion() {
    assertThat(Container.API_VERSION).isZero();
    assertThat(container.user()).isEqualTo("me");
  }

  @Test
  @DisplayName("CHECK_EXTENSION: 1, 3, 6 and 9 always, DMA_CC once an IOMMU is set, nothing else")
  void tellsExtensions() {
    assertThat(extensions()).containsExactly(1, 3, 6, 9);
    first.setContainer(container);
    assertThat(extensions()).containsExactly(1, 3, 6, 9);
    container.setIommu(3);
    assertThat(extensions()).containsExactly(1, 3, 4, 6, 9);
    assertThat(container.checkExtension(-1)).isZero();
  }

  @Test
  @DisplayName("CHECK_EXTENSION: nothing while no IOMMU module is loaded")
  void knowsNothingWithoutBackend() {
    host.host.modules().rmmod("vfio_iommu_type1");
    assertThat(extensions()).isEmpty();
    first.setContainer(container);
    assertErrno(Errno.ENODEV, () -> container.setIommu(3));
  }

  @Test
  @DisplayName("SET_IOMMU: EINVAL without a group, ENODEV for one that nobody has, EINVAL twice")
  void setsIommu() {
    assertErrno(Errno.EINVAL, () -> container.setIommu(3));
    assertErrno(Errno.EINVAL, () -> container.setIommu(99));
    first.setContainer(container);
    assertErrno(Errno.ENODEV, () -> container.setIommu(0));
    assertErrno(Errno.ENODEV, () -> container.setIommu(2));
    assertErrno(Errno.ENODEV, () -> container.setIommu(-1));
    container.setIommu(3);
    assertErrno(Errno.EINVAL, () -> container.setIommu(3));
    assertErrno(Errno.EINVAL, () -> container.setIommu(2));
  }

  @Test
  @DisplayName("SET_IOMMU: of an extension that is no IOMMU, the backend's own EINVAL")
  void refusesExtension() {
    first.setContainer(container);
    assertErrno(Errno.EINVAL, () -> container.setIommu(9));
    container.setIommu(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 6})
  @DisplayName("SET_IOMMU: TYPE1, TYPE1v2 and NESTING give an address space")
  void givesSpace(int type) {
    first.setContainer(container);
    container.setIommu(type);
    assertThat(container.iommu().available()).isEqualTo(65535);
  }

  @Test
  @DisplayName("other requests are EINVAL before SET_IOMMU, and ENOTTY afterwards if unknown")
  void refusesOthers() {
    assertErrno(Errno.EINVAL, container::iommu);
    assertThat(container.unknownRequest(0x3b7f).errno()).isEqualTo(Errno.EINVAL);
    first.setContainer(container);
    assertErrno(Errno.EINVAL, container::iommu);
    assertThat(container.unknownRequest(0x3b7f).errno()).isEqualTo(Errno.EINVAL);
    container.setIommu(3);
    assertThat(container.unknownRequest(0x3b7f).errno()).isEqualTo(Errno.ENOTTY);
  }

  @Test
  @DisplayName("the last group that leaves drops IOMMU and mappings; the container is as new")
  void isAsNew() {
    first.setContainer(container);
    second.setContainer(container);
    container.setIommu(3);
    DmaSpace space = container.iommu();
    map(space);
    first.unsetContainer();
    assertThat(container.iommu()).isSameAs(space);
    assertThat(space.available()).isEqualTo(65534);
    second.unsetContainer();
    assertThat(space.available()).isEqualTo(65535);
    assertErrno(Errno.EINVAL, container::iommu);
    assertErrno(Errno.EINVAL, () -> container.setIommu(3));
    assertThat(extensions()).containsExactly(1, 3, 6, 9);
    first.setContainer(container);
    container.setIommu(1);
    assertThat(container.iommu()).isNotSameAs(space);
    map(container.iommu());
  }

  @Test
  @DisplayName("a second group shares the first one's address space")
  void sharesSpace() {
    first.setContainer(container);
    container.setIommu(3);
    DmaSpace space = container.iommu();
    second.setContainer(container);
    assertThat(container.iommu()).isSameAs(space);
    second.openDevice("toy1").close();
  }

  @Test
  @DisplayName("each open is a container of its own")
  void isAlone() {
    try (Container other = host.vfio().openContainer("me")) {
      first.setContainer(container);
      container.setIommu(3);
      assertErrno(Errno.EINVAL, () -> other.setIommu(3));
      assertErrno(Errno.EINVAL, other::iommu);
    }
  }

  @Test
  @DisplayName("closed it is EBADF, also while groups are in it")
  void isClosed() {
    first.setContainer(container);
    container.close();
    container.close();
    assertErrno(Errno.EBADF, () -> container.setIommu(3));
    assertErrno(Errno.EBADF, () -> container.checkExtension(1));
    assertErrno(Errno.EBADF, container::iommu);
    assertErrno(Errno.EBADF, () -> second.setContainer(container));
    assertThat(first.status(8)).isEqualTo(3);
    first.unsetContainer();
  }

  private GroupFile group(String name) {
    host.register(host.device(name), new ToyModel());
    return host.vfio().openGroup(ToyDevices.group(host, name), "me");
  }

  private List<Integer> extensions() {
    return IntStream.range(0, 64).filter(i -> container.checkExtension(i) == 1).boxed().toList();
  }

  private static void map(DmaSpace space) {
    GuestMemory memory = GuestMemory.of(Arena.ofAuto().allocate(4096));
    space.map(new DmaMap(DmaMap.SIZE, DmaMap.READ, memory, 0, 0, 4096));
  }
}
