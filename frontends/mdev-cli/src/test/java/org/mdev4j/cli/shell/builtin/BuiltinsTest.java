package org.mdev4j.cli.shell.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.cli.shell.builtin.Bench.CREATE;
import static org.mdev4j.cli.shell.builtin.Bench.DEVICE;
import static org.mdev4j.cli.shell.builtin.Bench.TYPES;
import static org.mdev4j.cli.shell.builtin.Bench.UUID;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.cli.shell.Builtin;

class BuiltinsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void lsNamesWhatIsThere() throws Exception {
    assertThat(bench.run("ls /; ls; ls bus /class")).isFalse();
    assertThat(bench.out()).startsWith("dev\nsys\nbus\nclass\ndevices\n").endsWith("bus:\n");
    assertThat(bench.err()).startsWith("ls: ENOENT: /class: there is no 'class'\n");
  }

  @Test
  void lsTellsWhatThingsAre() throws Exception {
    bench.runAll("modprobe mtty\nls -l /dev/vfio " + TYPES + "/mtty-1 /sys/class/mdev_bus");
    assertThat(bench.out())
        .contains("/dev/vfio:\ncrw-rw-rw-  10, 196 vfio\n")
        .contains("--w-------     4096 create\n")
        .contains("drwxr-xr-x        0 devices\n")
        .contains("lrwxrwxrwx        0 mtty -> ../../devices/virtual/mtty/mtty\n");
    bench.runAll("ls -ld /sys/class/mdev_bus/mtty /sys; ls -l /sys/class/mdev_bus/mtty/");
    assertThat(bench.out())
        .startsWith("lrwxrwxrwx")
        .contains("drwxr-xr-x        0 sys\n", " uevent\n");
    bench.runAll("ls -d /sys /nope; ls " + TYPES + "/mtty-1/create; ls -la /sys/kernel");
    assertThat(bench.out())
        .isEqualTo("sys\ncreate\ndrwxr-xr-x        0 debug\ndrwxr-xr-x        0 iommu_groups\n");
    assertThat(bench.err()).isEqualTo("ls: ENOENT: /nope: there is no 'nope'\n");
  }

  @Test
  void lsUsesTheWidthOfATerminal() throws Exception {
    bench.run("ls", false, 30);
    assertThat(bench.out()).isEqualTo("bus/      devices/  module/\nclass/    kernel/\n");
  }

  @Test
  void lsOfADirectoryThatWent() throws Exception {
    bench.runAll("modprobe mtty\ncd " + TYPES + "\nrmmod mtty\nls\npwd\npwd -P\ncd\npwd");
    assertThat(bench.out()).isEqualTo(TYPES + "\n/sys\n");
    assertThat(bench.err())
        .isEqualTo(
            "ls: ENOENT: "
                + TYPES
                + ": there is no 'mtty'\n"
                + "pwd: ENOENT: "
                + TYPES
                + ": there is no 'mtty'\n");
  }

  @Test
  void catShowsFilesAndSaysWhyNot() throws Exception {
    bench.runAll("modprobe mtty\ncat " + TYPES + "/mtty-[12]/available_instances");
    assertThat(bench.out()).isEqualTo("24\n12\n");
    bench.runAll("cat /nope " + TYPES + "/mtty-1/create /sys /sys/kernel/x ''\ncat");
    assertThat(bench.err())
        .contains("cat: ENOENT: /nope: there is no 'nope'\n")
        .contains("cat: EACCES: ")
        .contains("cat: EISDIR: ")
        .contains("cat: ENOENT: the empty path names nothing\n")
        .contains("cat: which file? (usage: cat PATH...)\n");
  }

  @Test
  void echoPrints() throws Exception {
    assertThat(bench.run("echo a  'b  c'; echo -n d; echo; echo -e f")).isTrue();
    assertThat(bench.out()).isEqualTo("a b  c\nd\n-e f\n");
  }

  @Test
  void echoWritesOnceWithANewlineUnlessToldOtherwise() throws Exception {
    assertThat(bench.run("modprobe mtty\n" + CREATE + "ls " + DEVICE + "\n")).isTrue();
    assertThat(bench.out()).contains("mdev_type\n").contains("remove\n");
    assertThat(bench.run("echo -n 1 > " + DEVICE + "/remove\nls /sys/bus/mdev/devices")).isTrue();
    // 38 bytes, so the newline did get there.
    bench.runAll("echo " + UUID + "x > " + TYPES + "/mtty-1/create");
    assertThat(bench.err()).startsWith("echo: EINVAL: ").contains("not 38");
    bench.runAll("echo -n " + UUID + "x > " + TYPES + "/mtty-1/create");
    assertThat(bench.out() + bench.err()).isEmpty();
  }

  @Test
  void echoTellsWhatTheFileAnswers() throws Exception {
    bench.runAll("modprobe mtty\n" + CREATE + CREATE);
    assertThat(bench.err()).startsWith("echo: EEXIST: there is a mediated device " + UUID);
    bench.runAll("echo x > nope\necho x > /nope/x\necho x > /sys\necho > ''");
    assertThat(bench.err())
        .isEqualTo(
            "echo: EACCES: there is no /sys/nope, and no file can be made here\n"
                + "echo: ENOENT: /nope: there is no 'nope'\n"
                + "echo: EISDIR: /sys is a directory\n"
                + "echo: ENOENT: the empty path names nothing\n");
  }

  @Test
  void otherCommandsCanWriteTooAndStillComplain() throws Exception {
    bench.runAll(
        "modprobe mtty\ncat /nope > " + TYPES + "/mtty-1/create\nls > /sys/bus/mdev/drivers_probe");
    assertThat(bench.out()).isEmpty();
    assertThat(bench.err()).contains("cat: ENOENT: ").contains("ls: ENODEV: ");
  }

  @Test
  void readlink() throws Exception {
    bench.runAll("modprobe mtty\ncd class/mdev_bus\nreadlink mtty; readlink -f mtty; readlink .");
    assertThat(bench.out())
        .isEqualTo("../../devices/virtual/mtty/mtty\n/sys/devices/virtual/mtty/mtty\n");
    assertThat(bench.err()).isEqualTo("readlink: EINVAL: /sys/class/mdev_bus is no link\n");
  }

  @Test
  void treeDrawsAndDoesNotFollowLinks() throws Exception {
    bench.runAll("modprobe mtty\ntree /sys/class/mdev_bus; tree -L1 /dev; cd /dev; tree");
    assertThat(bench.out())
        .isEqualTo(
            """
            /sys/class/mdev_bus
            `-- mtty -> ../../devices/virtual/mtty/mtty
            /dev
            `-- vfio
            /dev
            `-- vfio
                `-- vfio
            """);
    bench.runAll("tree -L none\ntree -L 0\ntree a b\ntree /nope");
    assertThat(bench.err().lines())
        .containsExactly(
            "tree: a depth is a number from 1, not 'none' (usage: tree [-L DEPTH] [PATH])",
            "tree: a depth is a number from 1, not '0' (usage: tree [-L DEPTH] [PATH])",
            "tree: what is 'b' for? (usage: tree [-L DEPTH] [PATH])",
            "tree: ENOENT: /nope: there is no 'nope'");
  }

  @Test
  void cdLeavesThroughTheLinkItCameBy() throws Exception {
    bench.runAll(
        "modprobe mtty\ncd class/mdev_bus/mtty/\npwd; pwd -P\ncd ..\npwd\ncd -\ncd /..\npwd");
    assertThat(bench.out())
        .isEqualTo(
            """
            /sys/class/mdev_bus/mtty
            /sys/devices/virtual/mtty/mtty
            /sys/class/mdev_bus
            /sys/class/mdev_bus/mtty
            /
            """);
    bench.runAll("cd nope\ncd class/mdev_bus/mtty/uevent\npwd");
    assertThat(bench.out()).isEqualTo("/sys\n");
    assertThat(bench.err().lines())
        .containsExactly(
            "cd: ENOENT: /sys/nope: there is no 'nope'",
            "cd: ENOTDIR: /sys/class/mdev_bus/mtty/uevent is no directory");
  }

  @Test
  void modulesComeAndGo() throws Exception {
    bench.runAll("insmod mdpy\nmodprobe mdpy count=2\nmodprobe mdpy\ninsmod mdpy\nlsmod");
    assertThat(bench.err().lines())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("insmod: ENOENT: module mdpy requires module "),
            second ->
                assertThat(second).isEqualTo("insmod: EEXIST: module mdpy is loaded already"));
    assertThat(bench.out().lines()).first().isEqualTo("Module            Users  Used by");
    bench.runAll("lsmod; cat module/mdpy/parameters/count");
    assertThat(bench.out())
        .contains("mdpy                  0\n")
        .contains("vfio                  1  mdpy\n")
        .endsWith("\n2\n");
    bench.runAll("rmmod mdev mdpy nope\nrmmod");
    assertThat(bench.err())
        .startsWith("rmmod: EAGAIN: module mdev is in use")
        .contains("rmmod: ENOENT: module nope is not loaded\n")
        .endsWith("rmmod: which module? (usage: rmmod NAME...)\n");
    assertThat(bench.host().modules().loaded("mdpy")).isNull();
  }

  @Test
  void wrongModulesAndParameters() throws Exception {
    bench.runAll(
        "modprobe mdpi\nmodprobe mdpy colour=1\nmodprobe mdpy count=many\nmodprobe mdpy =1");
    assertThat(bench.err().lines())
        .satisfiesExactly(
            a ->
                assertThat(a)
                    .startsWith("modprobe: ENOENT: there is no module 'mdpi'; there are: "),
            b ->
                assertThat(b).startsWith("modprobe: EINVAL: module mdpy has no parameter 'colour'"),
            c -> assertThat(c).startsWith("modprobe: EINVAL: parameter count: 'many' "),
            d -> assertThat(d).startsWith("modprobe: '=1' is no KEY=VALUE (usage: modprobe "));
  }

  @Test
  void ueventsShowsWhatIsNew() throws Exception {
    bench.runAll("uevents\nmodprobe mtty\nuevents\necho --\nuevents");
    assertThat(bench.out())
        .contains("change@/devices/virtual/mtty/mtty SUBSYSTEM=mtty MDEV_STATE=registered\n")
        .endsWith("add@/module/mtty SUBSYSTEM=module\n--\n");
  }

  @Test
  void whatIsOpenIsInUse() throws Exception {
    bench.runAll(
        "modprobe mtty\n" + CREATE + "open " + UUID + "\nopen\nopen " + UUID + " nope\nrmmod mtty");
    assertThat(bench.out()).isEqualTo(UUID + "\n");
    assertThat(bench.err().lines())
        .satisfiesExactly(
            a -> assertThat(a).isEqualTo("open: EBUSY: this shell has " + UUID + " open already"),
            b -> assertThat(b).isEqualTo("open: ENODEV: there is no VFIO device 'nope'"),
            c -> assertThat(c).startsWith("rmmod: EAGAIN: module mtty is in use"));
    // The end of the session has closed it.
    assertThat(bench.run("rmmod mtty\nclose x")).isFalse();
    assertThat(bench.err()).startsWith("close: EBADF: this shell does not have 'x' open\n");
    bench.runAll("rmmod vfio_iommu_type1 vfio\nopen " + UUID);
    assertThat(bench.err()).contains("module vfio is not loaded");
  }

  @Test
  void helpNamesEveryCommand() throws Exception {
    bench.runAll("help");
    String help = bench.out();
    for (Builtin builtin : Builtins.all()) {
      assertThat(help).contains(builtin.synopsis());
      bench.runAll("help " + builtin.name());
      assertThat(bench.out()).startsWith(builtin.synopsis() + "\n  " + builtin.summary() + "\n");
    }
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
    bench.runAll("help ech\nhelp xyzzy\nhelp a b");
    assertThat(bench.err().lines())
        .containsExactly(
            "help: there is no command 'ech'; did you mean echo?",
            "help: there is no command 'xyzzy'; help alone lists them",
            "help: what is 'b' for? (usage: help [COMMAND])");
  }

  @Test
  void patternsMatchNamesOrStayAsTheyAre() throws Exception {
    bench.runAll("modprobe mtty\necho /sys/class/*/mtt? class/m*_bus/ '*' c*s/[n]* {a}* nope*/x");
    assertThat(bench.out())
        .isEqualTo(
            "/sys/class/mdev_bus/mtty /sys/class/mtty/mtty class/mdev_bus/ * c*s/[n]* {a}*"
                + " nope*/x\n");
  }
}
