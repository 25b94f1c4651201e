package org.mdev4j.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormaliserTest {
  private final Normaliser normaliser = new Normaliser();

  private boolean pair(String recorded, String host) {
    Normaliser.Attempt attempt = normaliser.attempt();
    boolean same = attempt.same(recorded, host);
    if (same) {
      attempt.keep();
    }
    return same;
  }

  @ParameterizedTest
  @CsvSource({
    "/dev/vfio/3, /dev/vfio/0",
    "../../kernel/iommu_groups/3, ../../kernel/iommu_groups/0",
    "/sys/class/vfio/3, /sys/class/vfio/0",
    "add@/devices/virtual/vfio/3, add@/devices/virtual/vfio/0",
    "DEVNAME=vfio/3, DEVNAME=vfio/0",
    "MAJOR=246, MAJOR=240",
    "MINOR=1, MINOR=0",
    "/devices/css0/virtio4, /devices/css0/virtio1",
    "vfio-dev/vfio3, vfio-dev/vfio1"
  })
  void freeNumbersArePaired(String recorded, String host) {
    assertThat(pair(recorded, host)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/dev/vfio/vfio, /dev/vfio/0",
    "vfio-dev/vfio0, vfio-dev/vfio1",
    "vfio-dev/vfio1, vfio-dev/vfio0",
    "MAJOR=1, MINOR=1",
    "available=3, available=4",
    "DEVMODE=0666, DEVMODE=0600"
  })
  void nothingElseIs(String recorded, String host) {
    assertThat(pair(recorded, host)).isFalse();
  }

  @Test
  void virtioNumbersArePairedAsLongAsTheirDevicesAreThere() {
    assertThat(pair("remove@/a/virtio0 X", "remove@/a/virtio1 X")).isTrue();
    assertThat(pair("remove@/b/virtio2 X", "remove@/b/virtio0 X")).isTrue();
    assertThat(pair("add@/b/virtio0 X", "add@/b/virtio0 X")).as("used again").isTrue();
    assertThat(pair("change@/b/virtio0 X", "change@/b/virtio1 X")).as("it is 0 now").isFalse();
    assertThat(pair("change@/c/virtio7 X", "change@/c/virtio0 X")).as("0 is taken").isFalse();
    assertThat(pair("remove@/b/virtio0 X", "remove@/b/virtio0 X")).isTrue();
  }

  @Test
  void textsOfTheHostCanBeWrittenInRecordedNumbers() {
    assertThat(pair("MAJOR=254", "MAJOR=246")).isTrue();
    assertThat(normaliser.toRecorded("MAJOR=246")).isEqualTo("MAJOR=254");
    assertThat(normaliser.toHost("MAJOR=254")).isEqualTo("MAJOR=246");
  }

  @Test
  void thePairsAreOneToOneOverTheWholeFile() {
    assertThat(pair("/dev/vfio/3", "/dev/vfio/0")).isTrue();
    assertThat(pair("DEVNAME=vfio/3", "DEVNAME=vfio/0")).isTrue();
    assertThat(pair("/dev/vfio/3", "/dev/vfio/1")).as("3 is 0").isFalse();
    assertThat(pair("/dev/vfio/0", "/dev/vfio/0")).as("0 is taken").isFalse();
    assertThat(pair("/dev/vfio/0", "/dev/vfio/1")).isTrue();
    assertThat(pair("MINOR=3", "MINOR=3")).as("another kind of number").isTrue();
  }

  @Test
  void oneTextMayPairNoNumberTwice() {
    assertThat(pair("/dev/vfio/1 /dev/vfio/2", "/dev/vfio/5 /dev/vfio/5")).isFalse();
    assertThat(pair("/dev/vfio/1 /dev/vfio/1", "/dev/vfio/5 /dev/vfio/6")).isFalse();
  }

  @Test
  void whatIsNotKeptDoesNotCount() {
    assertThat(normaliser.attempt().same("/dev/vfio/3", "/dev/vfio/0")).isTrue();
    assertThat(pair("/dev/vfio/3", "/dev/vfio/1")).isTrue();
  }

  @Test
  void pathsAreSaidInTheHostsNumbers() {
    assertThat(normaliser.toHost("/sys/class/vfio/3/dev")).isEqualTo("/sys/class/vfio/3/dev");
    assertThat(pair("/dev/vfio/3", "/dev/vfio/0")).isTrue();
    assertThat(normaliser.toHost("/sys/class/vfio/3/dev")).isEqualTo("/sys/class/vfio/0/dev");
  }

  @Test
  void aDeviceFileHoldsTwoNumbers() {
    Normaliser.Attempt attempt = normaliser.attempt();

    assertThat(attempt.sameDeviceNumber("246:3\n", "240:0\n")).isTrue();
    assertThat(attempt.sameDeviceNumber("246:3\n", "240:1\n")).isFalse();
    assertThat(attempt.sameDeviceNumber("246:4\n", "240:1")).isFalse();
  }
}
