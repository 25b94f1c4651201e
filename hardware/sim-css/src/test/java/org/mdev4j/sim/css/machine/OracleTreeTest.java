package org.mdev4j.sim.css.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.css.CssMachines;

/** The tree and the events of the recorded machine, as the first transcript has them. */
class OracleTreeTest {
  private final CssBench bench = new CssBench(CssMachines.find("s390-oracle").orElseThrow());
  private final Host host = bench.host();
  private final Uevents.Subscription events = host.uevents().subscribe();

  @AfterEach
  void close() {
    bench.close();
  }

  private String read(String path) throws IOException {
    return Files.readString(host.path(path));
  }

  private void write(String path, String text) throws IOException {
    Files.writeString(host.path(path), text, java.nio.file.StandardOpenOption.WRITE);
    bench.css().settle();
  }

  /** Name, type and permissions of what is in a directory, with the target of links. */
  private List<String> list(String path) throws IOException {
    try (Stream<Path> entries = Files.list(host.path(path))) {
      return entries.sorted().map(OracleTreeTest::describe).toList();
    }
  }

  private static String describe(Path path) {
    try {
      String name = path.getFileName().toString();
      if (Files.isSymbolicLink(path)) {
        return name + " -> " + Files.readSymbolicLink(path);
      }
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
      return name + (Files.isDirectory(path) ? "/ " : " ") + mode;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> drain() {
    return events.drain().stream().map(Object::toString).toList();
  }

  private static final List<String> ALWAYS =
      List.of(
          "chpids r--r--r--",
          "dev_busid r--r--r--",
          "driver_override rw-r--r--",
          "modalias r--r--r--",
          "pimpampom r--r--r--",
          "subsystem -> ../../../bus/css",
          "type r--r--r--",
          "uevent rw-r--r--");

  @Test
  void buses() throws IOException {
    assertThat(list("/sys/bus/css/drivers")).containsExactly("io_subchannel/ rwxr-xr-x");
    assertThat(list("/sys/bus/css/devices"))
        .containsExactly(
            "0.0.0000 -> ../../../devices/css0/0.0.0000",
            "0.0.0001 -> ../../../devices/css0/0.0.0001",
            "0.0.0002 -> ../../../devices/css0/0.0.0002",
            "0.0.0003 -> ../../../devices/css0/0.0.0003");
    assertThat(list("/sys/bus/ccw/devices"))
        .containsExactly(
            "0.0.1001 -> ../../../devices/css0/0.0.0000/0.0.1001",
            "0.0.1002 -> ../../../devices/css0/0.0.0001/0.0.1002",
            "0.0.1003 -> ../../../devices/css0/0.0.0002/0.0.1003",
            "0.0.1004 -> ../../../devices/css0/0.0.0003/0.0.1004");
    assertThat(list("/sys/bus/virtio/devices")).hasSize(3);
    assertThat(host.memory().inUse()).isZero();
  }

  /** Steps 12 to 18. */
  @Test
  void subchannelOnIoSubchannel() throws IOException {
    String here = "/sys/bus/css/devices/0.0.0001";
    assertThat(list(here))
        .containsAll(ALWAYS)
        .contains("0.0.1002/ rwxr-xr-x", "logging -w-------", "vpm r--r--r--")
        .contains("driver -> ../../../bus/css/drivers/io_subchannel")
        .hasSize(12);
    assertThat(read(here + "/uevent")).isEqualTo("DRIVER=io_subchannel\nST=0\nMODALIAS=css:t0\n");
    assertThat(read(here + "/modalias")).isEqualTo("css:t0\n");
    assertThat(read(here + "/type")).isEqualTo("0\n");
    assertThat(read(here + "/chpids")).isEqualTo("00 00 00 00 00 00 00 00 \n");
    assertThat(read(here + "/pimpampom")).isEqualTo("80 80 ff\n");
    assertThat(read(here + "/driver_override")).isEqualTo("(null)\n");
    assertThat(read(here + "/dev_busid")).isEqualTo("0.0.1002\n");
    assertThat(read(here + "/vpm")).isEqualTo("80\n");
    write(here + "/logging", "1");
    assertThat(read("/sys/bus/css/devices/0.0.0002/chpids"))
        .isEqualTo("01 00 00 00 00 00 00 00 \n");
  }

  @Test
  void ccwDevice() throws IOException {
    String here = "/sys/bus/ccw/devices/0.0.1002";
    assertThat(read(here + "/cutype")).isEqualTo("3832/02\n");
    assertThat(read(here + "/devtype")).isEqualTo("n/a\n");
    assertThat(read(here + "/modalias")).isEqualTo("ccw:t3832m02dtdm\n");
    assertThat(read(here + "/online")).isEqualTo("1\n");
    assertThat(read(here + "/availability")).isEqualTo("good\n");
    assertThat(read("/sys/bus/ccw/devices/0.0.1003/online")).isEqualTo("0\n");
  }

  /** Steps 22 to 35 and 171, with a driver of the test's own in the place of vfio_ccw. */
  @Test
  void rebinding() throws IOException {
    RecordingDriver driver = new RecordingDriver("vfio_ccw");
    bench.register(driver);
    assertThat(drain())
        .containsExactly(
            "add@/bus/css/drivers/vfio_ccw SUBSYSTEM=drivers",
            "add@/module/bench SUBSYSTEM=module");
    assertThat(list("/sys/bus/css/drivers/vfio_ccw"))
        .containsExactly(
            "bind -w-------",
            "module -> ../../../../module/bench",
            "uevent -w-------",
            "unbind -w-------");
    String drivers = "/sys/bus/css/drivers/";
    String here = "/sys/bus/css/devices/0.0.0001";
    assertErrno("Device or resource busy", drivers + "vfio_ccw/bind", "0.0.0001");
    assertErrno("No such device", drivers + "vfio_ccw/unbind", "0.0.0001");
    assertErrno("No such device", drivers + "vfio_ccw/bind", "0.0.ffff");
    write(here + "/driver_override", "vfio_ccw\n");
    assertThat(read(here + "/driver_override")).isEqualTo("vfio_ccw\n");
    String virtio =
        Files.list(host.path("/sys/devices/css0/0.0.0001/0.0.1002"))
            .map(p -> p.getFileName().toString())
            .filter(n -> n.startsWith("virtio"))
            .findFirst()
            .orElseThrow();
    write(here + "/driver/unbind", "0.0.0001");
    assertThat(drain())
        .containsExactly(
            "remove@/devices/css0/0.0.0001/0.0.1002/"
                + virtio
                + " SUBSYSTEM=virtio MODALIAS=virtio:d00000002v00003832",
            "unbind@/devices/css0/0.0.0001/0.0.1002 SUBSYSTEM=ccw CU_TYPE=3832 CU_MODEL=02"
                + " DEV_TYPE=0000 DEV_MODEL=00",
            "remove@/devices/css0/0.0.0001/0.0.1002 SUBSYSTEM=ccw CU_TYPE=3832 CU_MODEL=02"
                + " DEV_TYPE=0000 DEV_MODEL=00 MODALIAS=ccw:t3832m02dtdm",
            "unbind@/devices/css0/0.0.0001 SUBSYSTEM=css ST=0");
    assertThat(list(here)).isEqualTo(ALWAYS);
    assertErrno("No such device", drivers + "io_subchannel/bind", "0.0.0001");
    write(here + "/driver_override", "nosuch\n");
    assertErrno("No such device", drivers + "vfio_ccw/bind", "0.0.0001");
    write(here + "/driver_override", "\n");
    assertThat(read(here + "/driver_override")).isEqualTo("(null)\n");
    write(drivers + "vfio_ccw/bind", "0.0.0001");
    assertThat(drain())
        .containsExactly(
            "bind@/devices/css0/0.0.0001 SUBSYSTEM=css DRIVER=vfio_ccw ST=0 MODALIAS=css:t0");
    assertErrno("Device or resource busy", drivers + "vfio_ccw/bind", "0.0.0001");
    write(drivers + "vfio_ccw/unbind", "0.0.0001");
    assertThat(drain()).containsExactly("unbind@/devices/css0/0.0.0001 SUBSYSTEM=css ST=0");
    write(drivers + "io_subchannel/bind", "0.0.0001");
    assertThat(drain())
        .containsExactly(
            "bind@/devices/css0/0.0.0001 SUBSYSTEM=css DRIVER=io_subchannel ST=0 MODALIAS=css:t0",
            "add@/devices/css0/0.0.0001/0.0.1002 SUBSYSTEM=ccw CU_TYPE=3832 CU_MODEL=02"
                + " DEV_TYPE=0000 DEV_MODEL=00 MODALIAS=ccw:t3832m02dtdm",
            "bind@/devices/css0/0.0.0001/0.0.1002 SUBSYSTEM=ccw DRIVER=virtio_ccw CU_TYPE=3832"
                + " CU_MODEL=02 DEV_TYPE=0000 DEV_MODEL=00 MODALIAS=ccw:t3832m02dtdm",
            "add@/devices/css0/0.0.0001/0.0.1002/"
                + virtio
                + " SUBSYSTEM=virtio MODALIAS=virtio:d00000002v00003832");
  }

  private void assertErrno(String text, String path, String data) {
    assertThatThrownBy(() -> write(path, data))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(text.equals("No such device") ? "ENODEV" : "EBUSY");
  }

  /** Step 166: a driver that is loaded takes what has no driver and names it. */
  @Test
  void loadedDriverTakesWhatIsFree() throws IOException {
    write("/sys/bus/css/devices/0.0.0001/driver_override", "late");
    write("/sys/bus/css/drivers/io_subchannel/unbind", "0.0.0001");
    write("/sys/bus/css/devices/0.0.0003/driver_override", "other");
    write("/sys/bus/css/drivers/io_subchannel/unbind", "0.0.0003");
    RecordingDriver driver = new RecordingDriver("late");
    bench.register(driver);
    assertThat(driver.bound()).containsExactly("0.0.0001");
    bench.unload();
    assertThat(driver.bound()).isEmpty();
    assertThat(Files.exists(host.path("/sys/bus/css/drivers/late"))).isFalse();
  }

  /** Steps 19 to 21, 67 to 78 and 99 to 102 of the transcript about channel reports. */
  @Test
  void varyingAPath() throws IOException {
    String path = "/sys/devices/css0/chp0.00";
    assertThat(list(path))
        .containsExactly(
            "chid r--r--r--",
            "chid_external r--r--r--",
            "cmg r--r--r--",
            "configure rw-r--r--",
            "esc r--r--r--",
            "shared r--r--r--",
            "status rw-r--r--",
            "type r--r--r--",
            "uevent rw-r--r--",
            "util_string r--r--r--");
    assertThat(read(path + "/status")).isEqualTo("online\n");
    assertThat(read(path + "/type")).isEqualTo("32\n");
    write("/sys/bus/css/drivers/io_subchannel/unbind", "0.0.0001");
    drain();
    write(path + "/status", "offline\n");
    assertThat(read(path + "/status")).isEqualTo("offline\n");
    assertThat(drain())
        .extracting(text -> text.substring(0, text.indexOf(' ')).replaceAll("virtio\\d", "virtioN"))
        .containsExactly(
            "remove@/devices/css0/0.0.0000/0.0.1001/virtioN",
            "unbind@/devices/css0/0.0.0000/0.0.1001",
            "remove@/devices/css0/0.0.0000/0.0.1001",
            "remove@/devices/css0/0.0.0003/0.0.1004/virtioN",
            "unbind@/devices/css0/0.0.0003/0.0.1004",
            "remove@/devices/css0/0.0.0003/0.0.1004");
    assertThat(read("/sys/bus/css/devices/0.0.0000/pimpampom")).isEqualTo("80 80 ff\n");
    write(path + "/status", "on\n");
    assertThat(drain())
        .extracting(text -> text.substring(0, text.indexOf(' ')).replaceAll("virtio\\d", "virtioN"))
        .containsExactly(
            "add@/devices/css0/0.0.0000/0.0.1001",
            "bind@/devices/css0/0.0.0000/0.0.1001",
            "add@/devices/css0/0.0.0000/0.0.1001/virtioN",
            "add@/devices/css0/0.0.0003/0.0.1004",
            "bind@/devices/css0/0.0.0003/0.0.1004",
            "add@/devices/css0/0.0.0003/0.0.1004/virtioN");
    assertThatThrownBy(() -> write(path + "/status", "maybe")).hasMessageContaining("EINVAL");
  }

  @Test
  void nothingStaysWhenTheHostGoesDown() {
    host.close();
    assertThat(host.tree().sys().path()).isEqualTo("/sys");
    assertThat(Files.exists(host.path("/sys/bus/css"))).isFalse();
    assertThat(Files.exists(host.path("/sys/bus/ccw"))).isFalse();
    assertThat(Files.exists(host.path("/sys/devices/css0"))).isFalse();
    assertThat(Files.exists(host.path("/sys/kernel/debug/s390/cio/crw_inject"))).isFalse();
    assertThat(host.memory().inUse()).isZero();
  }
}
