package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;

class BuiltinsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void lsNamesWhatIsThere() throws Exception {
    assertThat(bench.run("ls /; ls; ls bus /class")).isFalse();
    assertThat(bench.out()).startsWith("dev\nsys\nbus\nclass\ndevices\n").endsWith("/sys/bus:\n");
    assertThat(bench.err()).startsWith("ls: ENOENT: /class: there is no 'class'\n");
  }

  @Test
  void lsTellsWhatThingsAre() throws Exception {
    bench.runAll("modprobe mtty\nls -l /dev/vfio " + Bench.TYPES + "/mtty-1 /sys/class/mdev_bus");
    assertThat(bench.out())
        .contains("/dev/vfio:\ncrw-rw-rw-  10, 196 vfio\n")
        .contains("--w-------     4096 create\n")
        .contains("drwxr-xr-x        0 devices\n")
        .contains("lrwxrwxrwx        0 mtty -> ../../devices/virtual/mtty/mtty\n");
    bench.runAll("ls -l /sys/class/mdev_bus/mtty /; ls -l /sys/class/mdev_bus/mtty/");
    assertThat(bench.out())
        .startsWith("lrwxrwxrwx")
        .contains("drwxr-xr-x        0 sys\n", " uevent\n");
    bench.runAll("ls /nope; ls " + Bench.TYPES + "/mtty-1/create; ls -la /sys/kernel");
    assertThat(bench.out())
        .isEqualTo("create\ndrwxr-xr-x        0 debug\ndrwxr-xr-x        0 iommu_groups\n");
    assertThat(bench.err()).isEqualTo("ls: ENOENT: /nope: there is no 'nope'\n");
  }

  @Test
  void catShowsFilesAndSaysWhyNot() throws Exception {
    bench.runAll("modprobe mtty\ncat " + Bench.TYPES + "/mtty-[12]/available_instances");
    assertThat(bench.out()).isEqualTo("24\n12\n");
    bench.runAll("cat /nope " + Bench.TYPES + "/mtty-1/create /sys /sys/kernel/x ''\ncat");
    assertThat(bench.err())
        .contains("cat: ENOENT: /nope: there is no 'nope'\n")
        .contains("cat: EACCES: ")
        .contains("cat: EISDIR: ")
        .contains("cat: ENOENT: the empty path names nothing\n")
        .contains("cat: an argument is missing (usage: cat PATH...)\n");
  }

  @Test
  void echoPrints() throws Exception {
    assertThat(bench.run("echo a  'b  c'; echo -n d; echo; echo -e f")).isTrue();
    assertThat(bench.out()).isEqualTo("a b  c\nd\n-e f\n");
  }

  @Test
  void echoWritesOnceWithANewlineUnlessToldOtherwise() throws Exception {
    assertThat(bench.run("modprobe mtty\n" + Bench.CREATE + "ls " + Bench.DEVICE + "\n")).isTrue();
    assertThat(bench.out()).contains("mdev_type\n").contains("remove\n");
    assertThat(bench.run("echo -n 1 > " + Bench.DEVICE + "/remove\nls /sys/bus/mdev/devices"))
        .isTrue();
    // 38 bytes, so the newline did get there.
    bench.runAll("echo " + Bench.UUID + "x > " + Bench.TYPES + "/mtty-1/create");
    assertThat(bench.err()).startsWith("echo: EINVAL: ").contains("not 38");
    bench.runAll("echo -n " + Bench.UUID + "x > " + Bench.TYPES + "/mtty-1/create");
    assertThat(bench.out() + bench.err()).isEmpty();
  }

  @Test
  void echoTellsWhatTheFileAnswers() throws Exception {
    bench.runAll("modprobe mtty\n" + Bench.CREATE + Bench.CREATE);
    assertThat(bench.err()).startsWith("echo: EEXIST: there is a mediated device " + Bench.UUID);
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
        "modprobe mtty\ncat /nope > "
            + Bench.TYPES
            + "/mtty-1/create\nls > /sys/bus/mdev/drivers_probe");
    assertThat(bench.out()).isEmpty();
    assertThat(bench.err()).contains("cat: ENOENT: ").contains("ls: ENODEV: ");
  }

  @Test
  void readlink() throws Exception {
    bench.runAll(
        "modprobe mtty\n"
            + "readlink class/mdev_bus/mtty; readlink -f class/mdev_bus/m*; readlink /sys/class");
    assertThat(bench.out())
        .isEqualTo("../../devices/virtual/mtty/mtty\n/sys/devices/virtual/mtty/mtty\n");
    assertThat(bench.err()).isEqualTo("readlink: EINVAL: /sys/class is no link\n");
  }

  @Test
  void treeDrawsAndDoesNotFollowLinks() throws Exception {
    bench.runAll("modprobe mtty\ntree /sys/class/mdev_bus; tree -L1 /dev; tree /dev");
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
            "tree: 'b' is one argument too many (usage: tree [-L DEPTH] [PATH])",
            "tree: ENOENT: /nope: there is no 'nope'");
  }

  @Test
  void modulesComeAndGo() throws Exception {
    assertThat(bench.run("modprobe mdpy count=2\nmodprobe mdpy")).isTrue();
    bench.runAll("ls module; cat module/mdpy/parameters/count");
    assertThat(bench.out()).contains("mdpy\nvfio\n").endsWith("\n2\n");
    bench.runAll("rmmod mdev mdpy nope\nrmmod");
    assertThat(bench.err())
        .startsWith("rmmod: EAGAIN: module mdev is in use")
        .contains("rmmod: ENOENT: module nope is not loaded\n")
        .endsWith("rmmod: an argument is missing (usage: rmmod NAME...)\n");
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
            d -> assertThat(d).startsWith("modprobe: '=1' is not KEY=VALUE (usage: modprobe "));
  }

  @Test
  void ueventsShowsWhatIsNew() throws Exception {
    bench.runAll("uevents\nmodprobe mtty\nuevents\necho --\nuevents");
    assertThat(bench.out())
        .contains("change@/devices/virtual/mtty/mtty SUBSYSTEM=mtty MDEV_STATE=registered\n")
        .endsWith("add@/module/mtty SUBSYSTEM=module\n--\n");
  }

  @Test
  void ueventsSaysWhatWasLost() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (ShellSession session =
        new ShellSession(bench.host(), new PrintWriter(out), new PrintWriter(err))) {
      for (int i = 0; i < Uevents.ROOM + 3; i++) {
        bench.host().uevents().emit(Uevent.Action.CHANGE, "/a", "bus", List.of());
      }

      assertThat(session.run(new StringReader("uevents"), false)).isFalse();
    }
    assertThat(err.toString()).startsWith("uevents: ENOBUFS: 3 uevents were lost");
    assertThat(out.toString().lines()).hasSize(Uevents.ROOM);
  }

  @Test
  void helpNamesEveryCommand() throws Exception {
    bench.runAll("help");
    String help = bench.out();
    for (Builtin builtin : Builtin.all()) {
      assertThat(help).contains(builtin.usage());
      bench.runAll("help " + builtin.name());
      assertThat(bench.out()).startsWith(builtin.usage() + "\n  " + builtin.summary() + "\n");
    }
    assertThat(help).contains("'mdev exec -- bash'");
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
    bench.runAll("help ech\nhelp xyzzy\nhelp a b");
    assertThat(bench.err().lines())
        .containsExactly(
            "help: there is no command 'ech'; did you mean echo?",
            "help: there is no command 'xyzzy'; try help",
            "help: 'b' is one argument too many (usage: help [COMMAND])");
  }

  @Test
  void patternsMatchNamesOrStayAsTheyAre() throws Exception {
    bench.runAll("modprobe mtty\nreadlink -f /sys/class/*/mtt? c*s/m[dt]*s/m?ty nope*/x");
    assertThat(bench.out()).isEqualTo("/sys/devices/virtual/mtty/mtty\n".repeat(3));
    assertThat(bench.err()).isEqualTo("readlink: ENOENT: /sys/nope*/x: there is no 'nope*'\n");
    bench.runAll("echo /sys/class/* '*'\ncat {a}* [\nls class/m*_bus /dev/*");
    assertThat(bench.out())
        .isEqualTo("/sys/class/* *\n/sys/class/mdev_bus:\nmtty\n/dev/vfio:\nvfio\n");
    assertThat(bench.err().lines()).allMatch(line -> line.startsWith("cat: ENOENT: ")).hasSize(2);
  }

  @Test
  void wrongOptions() throws Exception {
    bench.runAll("ls -q\nls --quick\ntree -L\nreadlink -fq x\nuevents now");
    assertThat(bench.err().lines())
        .containsExactly(
            "ls: invalid option 'q' (usage: ls [-la] [PATH...])",
            "ls: invalid option '--quick' (usage: ls [-la] [PATH...])",
            "tree: option 'L' requires an argument (usage: tree [-L DEPTH] [PATH])",
            "readlink: invalid option 'q' (usage: readlink [-f] PATH...)",
            "uevents: 'now' is one argument too many (usage: uevents)");
    assertThat(bench.out()).isEmpty();
  }

  @Test
  void takesPictures(@TempDir Path folder) throws Exception {
    Path picture = folder.resolve("a picture.png");
    bench.runAll("screenshot x y\nmodprobe mdpy\nscreenshot x y\nscreenshot x");
    assertThat(bench.err().lines())
        .containsExactly(
            "screenshot: ENODEV: there is no VFIO device: module vfio is not loaded",
            "screenshot: ENODEV: there is no VFIO device x",
            "screenshot: an argument is missing (usage: screenshot UUID FILE.png)");
    bench.runAll(
        Bench.CREATE.replace("mtty/", "mdpy/").replace("mtty-1", "mdpy-vga")
            + "screenshot "
            + Bench.UUID
            + " '"
            + picture
            + "'\nscreenshot "
            + Bench.UUID
            + " /nope/x.png");
    assertThat(bench.out()).isEqualTo("640x480 pixels in " + picture + "\n");
    assertThat(bench.err()).isEqualTo("screenshot: can't write /nope/x.png: /nope/x.png\n");
    assertThat(picture).isNotEmptyFile();
  }
}
