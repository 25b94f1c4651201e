package org.mdev4j.device.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

class SysfsLinkTest {
  private static final String UUID = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";

  private final SysfsTree tree = new SysfsTree();
  private final SysfsDirectory sys = tree.sys();
  private final SysfsDirectory parent = make("devices/virtual/mtty/mtty");
  private final SysfsDirectory device = parent.addDirectory(UUID);

  private SysfsDirectory make(String path) {
    return SysfsTree.makeDirectories(sys, path);
  }

  @Test
  void fromTheTypesDevicesDirectoryUpToTheParentAndDown() {
    assertThat(
            make("devices/virtual/mtty/mtty/mdev_supported_types/mtty-1/devices")
                .addLink(UUID, device)
                .text())
        .isEqualTo("../../../" + UUID);
  }

  @Test
  void toAnElderSibling() {
    SysfsDirectory type = make("devices/virtual/mtty/mtty/mdev_supported_types/mtty-1");

    assertThat(device.addLink("mdev_type", type).text())
        .isEqualTo("../mdev_supported_types/mtty-1");
  }

  @Test
  void acrossTheTree() {
    assertThat(make("bus/mdev/devices").addLink(UUID, device).text())
        .isEqualTo("../../../devices/virtual/mtty/mtty/" + UUID);
    assertThat(make("bus/mdev/drivers/mtty").addLink(UUID, device).text())
        .isEqualTo("../../../../devices/virtual/mtty/mtty/" + UUID);
    assertThat(make("class/mdev_bus").addLink("mtty", parent).text())
        .isEqualTo("../../devices/virtual/mtty/mtty");
    assertThat(device.addLink("subsystem", make("bus/mdev")).text())
        .isEqualTo("../../../../../bus/mdev");
    assertThat(device.addLink("driver", make("bus/mdev/drivers/mtty")).text())
        .isEqualTo("../../../../../bus/mdev/drivers/mtty");
    assertThat(device.addLink("iommu_group", make("kernel/iommu_groups/0")).text())
        .isEqualTo("../../../../../kernel/iommu_groups/0");
    assertThat(make("kernel/iommu_groups/0/devices").addLink(UUID, device).text())
        .isEqualTo("../../../../devices/virtual/mtty/mtty/" + UUID);
  }

  @Test
  void fromInsideItsTargetOneFurtherUpAndDownAgain() {
    SysfsDirectory vfio0 = make("devices/virtual/mtty/mtty/" + UUID + "/vfio-dev/vfio0");

    assertThat(vfio0.addLink("device", device).text()).isEqualTo("../../../" + UUID);
  }

  @Test
  void toANeighbour() {
    assertThat(parent.addLink("alias", device).text()).isEqualTo(UUID);
  }

  @Test
  void fromAnotherTopDirectory() {
    assertThat(tree.dev().addLink("back", device).text())
        .isEqualTo("../sys/devices/virtual/mtty/mtty/" + UUID);
    assertThat(device.addLink("root", sys).text()).isEqualTo("../../../../../../sys");
  }

  @Test
  void ofALinkOrTargetThatIsGoneThereIsNoText() {
    SysfsLink toGone = make("bus/mdev/devices").addLink(UUID, device);
    SysfsLink removed = parent.addLink("alias", device);
    parent.remove(removed);
    assertRefused(Errno.ENOENT, removed::text);

    parent.remove(device);

    assertRefused(Errno.ENOENT, toGone::text);
  }

  @Test
  void everyTextLeadsToTheTarget() {
    SysfsDirectory[] places = {
      sys, parent, device, make("bus/mdev/devices"), make("class/a"), tree.dev()
    };
    for (SysfsDirectory from : places) {
      for (SysfsDirectory to : places) {
        SysfsLink link = from.addLink("link", to);
        assertThat(tree.resolve(from.path() + "/" + link.text())).isSameAs(to);
        assertThat(tree.resolve(from.path() + "/link")).isSameAs(to);
        from.remove(link);
      }
    }
  }

  @Test
  void readingItWhileItsTargetGoesGivesTheTextOrEnoent() {
    SysfsDirectory home = make("bus/mdev/devices");
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(2000);
    Background<Void> reader =
        Background.run(
            () -> {
              started.countDown();
              while (enough.getCount() > 0) {
                for (SysfsNode node : home.children()) {
                  try {
                    assertThat(((SysfsLink) node).text())
                        .isEqualTo("../../../devices/virtual/a/b/c/moving");
                  } catch (ErrnoException gone) {
                    assertThat(gone.errno()).isEqualTo(Errno.ENOENT);
                  }
                  enough.countDown();
                }
              }
            });
    pass(started);
    while (!reader.isDone()) {
      SysfsDirectory moving = make("devices/virtual/a/b/c").addDirectory("moving");
      home.addLink("moving", moving);
      sys.remove("devices");
      home.remove("moving");
    }

    reader.join();
  }
}
