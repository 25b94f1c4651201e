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
import org.mdev4j.vfio.irq.IrqIndex;

@DisplayName("vfio 3, 4.1-4.4: GET_INFO, GET_REGION_INFO and GET_IRQ_INFO")
class InfoFileTest {
  private final VfioHost host = new VfioHost();
  private final ToyDevices.Card card = new ToyDevices.Card();
  private final DeviceFile file = host.open(host.register(host.device("toy0"), card));

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("4.2: flags PCI 2 and RESET 1, the highest region and interrupt index and one")
  void tellsDevice() {
    assertThat(file.info(16)).isEqualTo(new DeviceInfo(3, 7, 3));
    card.announced = false;
    assertThat(file.info(16)).isEqualTo(new DeviceInfo(2, 7, 3));
  }

  @Test
  @DisplayName("4.2: a device that can't be reset has no RESET")
  void tellsNoReset() {
    DeviceFile plain = host.open(host.register(host.device("toy1"), new ToyModel()));
    assertThat(plain.info(16)).isEqualTo(new DeviceInfo(2, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 20, 4096, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  @DisplayName("4.1: a larger argsz is fine, it is unsigned")
  void takesLargerSizes(int argsz) {
    assertThat(file.info(argsz).regions()).isEqualTo(7);
    assertThat(file.irqInfo(argsz, 0)).isEqualTo(IrqIndex.intx());
    assertThat(file.regionInfo(argsz | 32, 0).argsz()).isEqualTo(argsz | 32);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15})
  @DisplayName("4.1: a smaller argsz is EINVAL, before the index is looked at")
  void refusesSmallerSizes(int argsz) {
    assertErrno(Errno.EINVAL, () -> file.info(argsz));
    assertErrno(Errno.EINVAL, () -> file.irqInfo(argsz, 0));
    assertErrno(Errno.EINVAL, () -> file.regionInfo(argsz + 16, 0));
    assertErrno(Errno.EINVAL, () -> file.regionInfo(argsz + 16, 99));
  }

  @ParameterizedTest(name = "region {0}")
  @CsvSource({
    "0, 3, 64",
    "1, 3, 64",
    "2, 7, 12288",
    "3, 3, 64",
    "4, 0, 0",
    "5, 1, 64",
    "6, 7, 12288",
  })
  @DisplayName("4.3: flags READ 1, WRITE 2, MMAP 4, size and place; size 0 if not implemented")
  void tellsRegion(int index, int flags, long size) {
    RegionInfo info = file.regionInfo(32, index);
    assertThat(info.argsz()).isEqualTo(32);
    assertThat(info.flags()).isEqualTo(flags);
    assertThat(info.index()).isEqualTo(index);
    assertThat(info.capOffset()).isZero();
    assertThat(info.size()).isEqualTo(size);
    assertThat(info.offset()).isEqualTo((long) index << 40);
    assertThat(info.capabilities()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 1000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  @DisplayName("4.3, 4.4: an index out of range is EINVAL")
  void refusesIndexes(int index) {
    assertErrno(Errno.EINVAL, () -> file.regionInfo(32, index));
    assertErrno(Errno.EINVAL, () -> file.irqInfo(16, index));
  }

  @Test
  @DisplayName("4.4: interrupts by index; one that is not even told of is EINVAL")
  void tellsIrqs() {
    assertThat(file.irqInfo(16, 0)).isEqualTo(IrqIndex.intx());
    assertThat(file.irqInfo(16, 1)).isEqualTo(IrqIndex.msi(4));
    assertErrno(Errno.EINVAL, () -> file.irqInfo(16, 2));
    assertErrno(Errno.EINVAL, () -> file.irqInfo(16, 3));
  }

  @Test
  @DisplayName("2.2: an unknown request is ENOTTY, and there is no place to seek to")
  void refusesUnknown() {
    assertThat(file.unknownRequest(0x3b74).errno()).isEqualTo(Errno.ENOTTY);
    assertThat(file.seek().errno()).isEqualTo(Errno.ESPIPE);
  }
}
