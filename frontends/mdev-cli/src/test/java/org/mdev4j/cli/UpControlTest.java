package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("mdev up --control: other commands work on the host")
class UpControlTest {
  private static final String DISPLAY = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";

  @Test
  void servesOtherCommands(@TempDir Path folder) throws Exception {
    String socket = folder.resolve("control").toString();
    Path picture = folder.resolve("it's a picture.png");
    try (MdevProcess up =
        MdevProcess.start("up", "--control", socket, "--create", "mdpy/mdpy-vga=" + DISPLAY)) {
      assertThat(up.nextLine()).startsWith(DISPLAY);
      assertThat(up.nextLine()).isEqualTo("ready");

      try (MdevProcess taking =
          MdevProcess.start("screenshot", "--control", socket, DISPLAY, picture.toString())) {
        assertThat(taking.nextLine()).isEqualTo("640x480 pixels in " + picture);
        assertThat(taking.status()).isZero();
      }
      assertThat(ImageIO.read(picture.toFile()).getHeight()).isEqualTo(480);

      String nobody = DISPLAY.replace('8', '9');
      assertRefused(1, "ENODEV", "screenshot", "--control", socket, nobody, picture.toString());
      assertRefused(
          2,
          "--create is for a fresh host",
          "screenshot",
          "--control",
          socket,
          "--create",
          "mdpy/mdpy-xga",
          DISPLAY,
          picture.toString());
      assertRefused(2, "--modules is for", "shell", "--control", socket, "--modules", "mtty");
      assertRefused(1, "somebody listens", "up", "--control", socket);
      up.signal("TERM");
      assertThat(up.status()).isZero();
    }
    assertThat(Path.of(socket)).doesNotExist();
    assertRefused(1, "there is no socket", "shell", "--control", socket);
  }

  private static void assertRefused(int status, String message, String... arguments)
      throws Exception {
    try (MdevProcess mdev = MdevProcess.start(arguments)) {
      assertThat(mdev.status()).isEqualTo(status);
      assertThat(mdev.errors()).anyMatch(line -> line.contains(message));
    }
  }
}
