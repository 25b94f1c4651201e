package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Whole commands, from their arguments to exit status and output. */
class CommandsTest {
  private static final String UUID = FakeSysfs.UUID;

  @TempDir Path sysfs;

  private FakeSysfs fake;
  private String out = "";
  private String err = "";

  @BeforeEach
  void build() throws Exception {
    fake = new FakeSysfs(sysfs);
  }

  @Test
  void types() throws Exception {
    fake.link("class/mdev_bus/dangling", sysfs.resolve("nowhere"));
    assertThat(run("types", "--sysfs", sysfs.toString())).isZero();
    assertThat(out.lines())
        .containsExactly(
            "PARENT  TYPE    API       AVAILABLE  NAME",
            "mtty    mtty-1  vfio-pci  24         Serial mtty-1",
            "mtty    mtty-2  vfio-pci  12         Serial mtty-2");
    assertThat(run("types", "mtti", "--sysfs", sysfs.toString())).isOne();
    assertThat(err.strip()).isEqualTo("mdev: there is no parent 'mtti'; there are: mtty");
  }

  @Test
  void typesAsJson() {
    assertThat(run("types", "mtty", "--json", "--sysfs", sysfs.toString())).isZero();
    assertThat(out)
        .startsWith(
            """
            [
              {
                "parent": "mtty",
                "type": "mtty-1",
                "name": "Serial mtty-1",
                "description": null,
                "device_api": "vfio-pci",
                "available_instances": 24
              },
            """);
  }

  @Test
  void listTellsWhatWaits() throws IOException {
    String line =
        "the unload of module mtty, begun at 12:00, since 12:01 waits for device x to be let go";
    Path progress = sysfs.resolve("kernel/debug/modules/progress");
    Files.createDirectories(progress.getParent());
    Files.writeString(progress, line + "\n");

    assertThat(run("list", "-v", "--sysfs", sysfs.toString())).isZero();
    assertThat(out.lines()).hasSize(3).last().isEqualTo(line);
    assertThat(run("list", "--sysfs", sysfs.toString())).isZero();
    assertThat(out.lines()).hasSize(2);
  }

  @Test
  void list() {
    assertThat(run("list", "--sysfs", sysfs.toString())).isZero();
    assertThat(out.lines()).last().isEqualTo(UUID + "  mtty    mtty-2  mtty");
    assertThat(run("list", "-v", "--sysfs", sysfs.toString())).isZero();
    assertThat(out.lines())
        .last()
        .isEqualTo(
            UUID + "  mtty    mtty-2  mtty    7      -            vfio-pci  Serial mtty-2  -");
    assertThat(run("list", "--json", "--sysfs", sysfs.toString())).isZero();
    assertThat(out)
        .isEqualTo(
            """
            [
              {
                "uuid": "%s",
                "parent": "mtty",
                "type": "mtty-2",
                "driver": "mtty",
                "iommu_group": "7",
                "vfio_device": null,
                "device_api": "vfio-pci",
                "name": "Serial mtty-2",
                "used_by": []
              }
            ]
            """
                .formatted(UUID));
  }

  @Test
  void nothingToList() throws Exception {
    Path empty = Files.createDirectories(sysfs.resolve("empty/class")).resolveSibling(".");
    assertThat(run("list", "--sysfs", empty.toString())).isZero();
    assertThat(out).isEmpty();
    assertThat(err).startsWith("mdev: no mediated device in ");
    assertThat(run("types", "--json", "--sysfs", empty.toString())).isZero();
    assertThat(out).isEqualTo("[]\n");
    assertThat(err).isEmpty();
  }

  @Test
  void createWritesTheUuidAlone() throws Exception {
    String other = "c0ffee00-0002-4000-8000-000000000002";
    assertThat(run("create", "mtty", "1", other, "--sysfs", sysfs.toString())).isZero();
    assertThat(out.strip()).isEqualTo(other);
    assertThat(fake.written(fake.types() + "/mtty-1/create")).isEqualTo(other);
    assertThat(run("create", "mtty", "mtty-2", "--sysfs", sysfs.toString())).isZero();
    assertThat(fake.written(fake.types() + "/mtty-2/create")).isEqualTo(out.strip()).hasSize(36);
  }

  @Test
  void createMakesNoFile() throws Exception {
    Path create = sysfs.resolve(fake.types()).resolve("mtty-1/create");
    Files.delete(create);
    assertThat(run("create", "mtty", "1", "--sysfs", sysfs.toString())).isOne();
    assertThat(err).startsWith("mdev: can't create ").contains(": ENOENT: ");
    assertThat(create).doesNotExist();
  }

  @Test
  void removeTriesAll() throws Exception {
    String none = "c0ffee00-0002-4000-8000-000000000002";
    assertThat(run("remove", none, UUID, "--sysfs", sysfs.toString())).isOne();
    assertThat(err.strip()).isEqualTo("mdev: there is no mediated device " + none);
    assertThat(fake.written("bus/mdev/devices/" + UUID + "/remove")).isEqualTo("1");
  }

  @Test
  void modules() {
    assertThat(run("modules")).isZero();
    assertThat(out)
        .contains("mdpy ", "from org.mdev4j.samples.mdpy", "    count=4 ", "requires mdev, vfio");
    assertThat(run("modules", "--json")).isZero();
    assertThat(out).contains("\"name\": \"mdpy\"", "\"default\": \"4\"", "\"refusal\": null");
  }

  @Test
  void shellReadsAPipe() {
    assertThat(
            shell(
                "cat module/mdpy/parameters/count",
                "--modules",
                "mtty,mdpy",
                "--param",
                "mdpy.count=2"))
        .isZero();
    assertThat(out).isEqualTo("2\n");
    assertThat(shell("nonsense")).isOne();
    assertThat(shell("nonsense", "--keep-going")).isZero();
  }

  @Test
  void hostOptionsThatNameNothing() {
    assertThat(shell("", "--modules", "nope")).isEqualTo(2);
    assertThat(err).startsWith("mdev: there is no module 'nope'; there are: ").contains("mtty");
    assertThat(shell("", "--modules", "mdpy", "--param", "mdpy.color=1")).isNotZero();
    assertThat(err).contains("module mdpy has no parameter 'color'; it has: count");
    assertThat(shell("", "--param", "mdpy.count=1")).isEqualTo(2);
    assertThat(err).contains("--param is for mdpy, which is not loaded; name it in --modules");
    assertThat(shell("", "--param", "nope.count=1")).isEqualTo(2);
    assertThat(shell("", "--param", "count=1")).isEqualTo(2);
    assertThat(err).contains("'count=1' is no MODULE.KEY=VALUE");
    assertThat(shell("", "--machine", "huge")).isEqualTo(2);
    assertThat(err).contains("there is no machine 'huge'; there are: ").contains("plain");
  }

  @Test
  void requiredModulesTakeParametersToo() {
    String limit = "vfio_iommu_type1.dma_entry_limit=7";
    assertThat(
            shell(
                "cat module/vfio_iommu_type1/parameters/dma_entry_limit",
                "--modules",
                "mtty,vfio_iommu_type1",
                "--param",
                limit))
        .isZero();
    assertThat(out).isEqualTo("7\n");
  }

  @Test
  void mainHelpHasOneLineForEachCommand() {
    assertThat(run("--help")).isZero();
    assertThat(out)
        .containsSubsequence(
            "  demo ", "  shell ", "  modules ", "  types ", "  list ", "  create ", "  remove ");
    assertThat(run()).isEqualTo(2);
    assertThat(err).startsWith("mdev: which command?").contains("Usage: mdev");
    assertThat(run("lst")).isEqualTo(2);
    assertThat(err).contains("Did you mean: mdev list?");
    assertThat(run("create", "mtty")).isEqualTo(2);
    assertThat(err)
        .contains("mdev: missing required parameter: 'TYPE'", "Try 'mdev create --help'.");
  }

  private int shell(String input, String... options) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      String[] arguments = new String[options.length + 1];
      arguments[0] = "shell";
      System.arraycopy(options, 0, arguments, 1, options.length);
      return run(arguments);
    } finally {
      System.setIn(before);
    }
  }

  private int run(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(printed)).setErr(new PrintWriter(complained));
    int status = command.execute(arguments);
    out = printed.toString();
    err = complained.toString();
    return status;
  }
}
