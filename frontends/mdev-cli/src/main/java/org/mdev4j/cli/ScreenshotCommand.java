package org.mdev4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.mdev4j.cli.control.ControlClient;
import org.mdev4j.cli.device.Picture;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mdev screenshot}: what a display shows, as PNG: one that is in use, or a new one. */
@Command(
    name = "screenshot",
    description = "Write what a display shows as PNG.",
    footer = {
      "",
      "With --control: a display of a host that runs, also while a virtual machine uses it.",
      "Without: makes one on a fresh host. For those of a shell, see screenshot in mdev shell."
    },
    mixinStandardHelpOptions = true)
final class ScreenshotCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HostOptions hostOptions;
  @Mixin private RunningHostOption runningHost;

  @Option(
      names = "--create",
      paramLabel = "PARENT/TYPE",
      defaultValue = "mdpy/mdpy-vga",
      description = "What to make (default: ${DEFAULT-VALUE}).")
  private String create;

  @Parameters(index = "0", description = "The display's UUID; a new one gets it.")
  private UUID uuid;

  @Parameters(index = "1", paramLabel = "FILE.png", description = "Where the picture goes.")
  private Path file;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  ScreenshotCommand() {}

  @Override
  public Integer call() throws VerbException, IOException {
    if (runningHost.isGiven()) {
      return takeOnRunningHost();
    }
    int slash = create.indexOf('/');
    if (slash < 1) {
      throw new ParameterException(spec.commandLine(), "'" + create + "' is no PARENT/TYPE");
    }
    String parent = create.substring(0, slash);
    String type = create.substring(slash + 1);
    try (Host host = hostOptions.start("screenshot")) {
      host.modules().modprobe("vfio_iommu_type1");
      host.modules().modprobe(parent);
      Path types = host.path("/sys/class/mdev_bus/" + parent + "/mdev_supported_types");
      Files.writeString(
          types.resolve(type).resolve("create"), uuid.toString(), StandardOpenOption.WRITE);
      Picture picture = Picture.of(host, uuid.toString(), "mdev screenshot");
      picture.writePng(file);
      PrintWriter out = spec.commandLine().getOut();
      out.println(picture.width() + "x" + picture.height() + " pixels in " + file);
      return 0;
    } catch (IOException failure) {
      if (failure.getCause() instanceof ErrnoException refusal) {
        throw refusal;
      }
      throw failure;
    }
  }

  /** The host writes the file, as the user who runs it. */
  private int takeOnRunningHost() throws VerbException, IOException {
    String quoted = file.toAbsolutePath().toString().replaceAll("[\"\\\\]", "\\\\$0");
    try (ControlClient host = runningHost.connect()) {
      ControlClient.Answer answer = host.run("screenshot " + uuid + " \"" + quoted + "\"");
      PrintWriter to = answer.good() ? spec.commandLine().getOut() : spec.commandLine().getErr();
      to.print(answer.text());
      to.flush();
      return answer.good() ? 0 : 1;
    }
  }
}
