package org.mdev4j.cli.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;

/** A terminal whose keys the test presses. */
@Timeout(60)
class InteractiveTest {
  private static final String UUID = "c0ffee00-0001-4000-8000-000000000001";
  private static final String CTRL_C = "\3";
  private static final String CTRL_D = "\4";

  @TempDir Path directory;

  private final Host host = Host.builder().name("interactive").start();
  private final PipedOutputStream keys = new PipedOutputStream();
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private Thread person = Thread.currentThread();
  private int seen;

  @BeforeEach
  void sitDown() throws IOException {
    ExternalTerminal terminal =
        new ExternalTerminal("test", "ansi", new PipedInputStream(keys, 1 << 16), screen, UTF_8);
    Optional<Path> history = Optional.of(directory.resolve("history"));
    person =
        Thread.ofPlatform()
            .start(
                () -> {
                  PrintWriter err = new PrintWriter(screen, true, UTF_8);
                  try (Interactive interactive = new Interactive(host, err, terminal, history)) {
                    interactive.run();
                  } catch (IOException | InterruptedException failure) {
                    throw new IllegalStateException(failure);
                  }
                });
    expect("mdev> ");
  }

  @AfterEach
  void leave() throws Exception {
    keys.close();
    assertThat(person.join(Duration.ofSeconds(20))).as("the shell ends with its input").isTrue();
    host.close();
  }

  @Test
  void goesOnAfterMistakesAndLeavesWithCtrlD() throws Exception {
    type("sl\n");
    expect("there is no command 'sl'; did you mean ls?");
    type("echo 'a\n");
    expect("a quote is never closed");
    expect("mdev> ");
    type("half a line" + CTRL_C);
    expect("mdev> ");
    type("echo a; ls kernel\n");
    expect("iommu_groups");
    expect("mdev> ");
    type(CTRL_D);
    person.join();
    assertThat(Files.readString(directory.resolve("history"))).contains("echo a; ls kernel");
  }

  @Test
  void completesCommandsAndPaths() throws Exception {
    type("modpr\tmdp\t\n");
    type("ca\tclass/mdev_b\tmdp\tmdev_sup\tmdpy-v\tnam\t\n");
    expect("vga");
    expect("mdev> ");
    assertThat(host.modules().loaded("mdpy")).isNotNull();
  }

  @Test
  void ctrlCStopsTheWaitingAndNotTheCommand() throws Exception {
    type("modprobe mtty; modprobe vfio_iommu_type1\n");
    type("echo " + UUID + " > class/mdev_bus/mtty/mdev_supported_types/mtty-1/create\n");
    type("ls -l bus/mdev/devices\n");
    expect("lrwxrwxrwx");
    OpenDevice user = host.service(Vfio.class).openDevice(UUID, "the test");
    type("echo 1 > bus/mdev/devices/" + UUID + "/remove; echo not this\n");
    expect("(it waits; Ctrl-C stops waiting for it)");
    type(CTRL_C);
    expect("no longer waited for, but it goes on");
    type("uevents\n");
    expect("add@");
    user.close();
    expect("done: echo 1");
    type("quit\n");
    person.join();
    assertThat(text().lines().map(String::strip)).doesNotContain("not this");
    assertThat(host.path("/sys/bus/mdev/devices/" + UUID)).doesNotExist();
  }

  private void type(String text) throws IOException {
    keys.write(text.getBytes(UTF_8));
    keys.flush();
  }

  /** Waits until {@code text} is on the screen, after what was expected before. */
  private void expect(String text) {
    await().untilAsserted(() -> assertThat(text().substring(seen)).contains(text));
    seen = text().indexOf(text, seen) + text.length();
  }

  private String text() {
    return screen.toString(UTF_8);
  }
}
