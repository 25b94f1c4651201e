package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.ToyDevices.Display;
import org.mdev4j.vfio.model.DmaBuf;
import org.mdev4j.vfio.model.GfxPlane;
import org.mdev4j.vfio.model.Graphics.Handover;

@DisplayName("vfio 4.8, 4.9: QUERY_GFX_PLANE and GET_GFX_DMABUF")
class DisplayFileTest {
  private final VfioHost host = new VfioHost();
  private final Display buffers = new Display(Handover.DMABUF);
  private final Display framed = new Display(Handover.REGION);
  private final DeviceFile buffered = host.open(host.register(host.device("toy0"), buffers));
  private final DeviceFile inRegion = host.open(host.register(host.device("toy1"), framed));

  @AfterEach
  void close() {
    host.close();
  }

  @ParameterizedTest(name = "flags {0}")
  @DisplayName("4.8: PROBE 1, DMABUF 2, REGION 4: what is supported, by either kind of device")
  @CsvSource({
    "0, EINVAL, EINVAL",
    "1, EINVAL, EINVAL",
    "2, plane, EINVAL",
    "3, probed, EINVAL",
    "4, EINVAL, plane",
    "5, EINVAL, probed",
    "6, EINVAL, EINVAL",
    "7, EINVAL, EINVAL",
    "8, EINVAL, EINVAL",
    "10, EINVAL, EINVAL",
    "11, EINVAL, EINVAL",
    "-1, EINVAL, EINVAL",
  })
  void queries(int flags, String ofBuffers, String ofRegion) {
    assertQuery(buffered, flags, ofBuffers);
    assertQuery(inRegion, flags, ofRegion);
    assertThat(buffers.queried).hasSize(ofBuffers.equals("plane") ? 1 : 0);
    assertThat(framed.queried).hasSize(ofRegion.equals("plane") ? 1 : 0);
  }

  @Test
  @DisplayName("4.8: argsz below 60 is EINVAL, 64 is not needed")
  void checksSize() {
    assertErrno(Errno.EINVAL, () -> buffered.queryPlane(59, 2, 1));
    assertErrno(Errno.EINVAL, () -> buffered.queryPlane(0, 3, 1));
    assertThat(buffered.queryPlane(60, 2, 1)).isNotNull();
    assertThat(buffered.queryPlane(-1, 2, 1)).isNotNull();
  }

  @Test
  @DisplayName("4.8: the model gets the plane's type, and its answer is told")
  void tellsPlane() {
    GfxPlane plane = buffered.queryPlane(64, 2, 2);
    assertThat(plane).isEqualTo(new GfxPlane(0x34325258, 64, 48, 256, 12288, 7));
    buffers.shown = () -> GfxPlane.DISABLED;
    assertThat(buffered.queryPlane(64, 2, 0)).isEqualTo(new GfxPlane(0, 0, 0, 0, 0, 0));
    assertThat(buffers.queried).containsExactly(2, 0);
  }

  @Test
  @DisplayName("4.8: a model that breaks is EIO")
  void breaks() {
    buffers.shown =
        () -> {
          throw new IllegalStateException("by a test");
        };
    assertErrno(Errno.EIO, () -> buffered.queryPlane(64, 2, 1));
  }

  @Test
  @DisplayName("4.9: a known id gives a reference of its own at each call")
  void handsOver() {
    DmaBuf first = buffered.dmabuf(7);
    DmaBuf second = buffered.dmabuf(7);
    assertThat(first).isNotSameAs(second);
    first.close();
    assertThat(second.segment().byteSize()).isEqualTo(16);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, -1})
  @DisplayName("4.9: an unknown id is ENOENT; a picture in a region is no dmabuf")
  void refusesId(int id) {
    assertErrno(Errno.ENOENT, () -> buffered.dmabuf(id));
    assertErrno(Errno.ENOTTY, () -> inRegion.dmabuf(id));
  }

  @Test
  @DisplayName("4.1: a device without display knows neither, whatever argsz and flags are")
  void refusesWithoutDisplay() {
    DeviceFile plain = host.open(host.register(host.device("toy2"), new ToyModel()));
    assertErrno(Errno.ENOTTY, () -> plain.queryPlane(0, 0, 1));
    assertErrno(Errno.ENOTTY, () -> plain.queryPlane(64, 2, 1));
    assertErrno(Errno.ENOTTY, () -> plain.dmabuf(7));
  }

  private static void assertQuery(DeviceFile file, int flags, String expected) {
    switch (expected) {
      case "plane" -> assertThat(file.queryPlane(64, flags, 1)).isNotNull();
      case "probed" -> assertThat(file.queryPlane(64, flags, 1)).isNull();
      default -> assertErrno(Errno.valueOf(expected), () -> file.queryPlane(64, flags, 1));
    }
  }
}
