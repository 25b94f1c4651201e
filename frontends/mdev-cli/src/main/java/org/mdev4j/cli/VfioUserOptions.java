package org.mdev4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.verbs.Lifecycle;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfiouser.server.SocketDirectory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --vfio-user}: a socket for each PCI device, at which a virtual machine uses it. */
final class VfioUserOptions {
  private static final int LONGEST_PATH = 107;
  private static final int NAME_LENGTH = "/01234567-89ab-cdef-0123-456789abcdef.sock".length();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--vfio-user",
      paramLabel = "DIR",
      description = {
        "Serve each vfio-pci device over vfio-user, at DIR/UUID.sock, which is there as long as the"
            + " device; only its owner can connect. The folder is made if there is none.",
        "QEMU needs its memory shared: -object memory-backend-memfd,id=m,size=512M,share=on"
            + " -machine q35,memory-backend=m -m 512M"
      })
  private @Nullable Path directory;

  private @Nullable SocketDirectory sockets;
  private volatile boolean creating;
  private volatile @Nullable String refusal;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  VfioUserOptions() {}

  void start(Host host, Scope scope) throws VerbException, IOException {
    if (directory == null) {
      return;
    }
    Path folder = directory.toAbsolutePath().normalize();
    int longest = folder.toString().getBytes(UTF_8).length + NAME_LENGTH;
    if (longest > LONGEST_PATH) {
      throw new VerbException(
          "the path of a socket in " + folder + " would have " + longest + " bytes; 107 will do");
    }
    makeFolder(folder);
    host.modules().modprobe("vfio_iommu_type1");
    sockets = scope.own(new SocketDirectory(host.service(Vfio.class), folder, this::unserved));
  }

  /**
   * What {@code --create} creates is refused; a device that comes later is there, and not served.
   */
  private void unserved(String device, ErrnoException why) {
    String told = device + " can't be served: " + why.getMessage();
    if (creating) {
      refusal = told;
    } else {
      PrintWriter err = spec.commandLine().getErr();
      err.println("mdev: " + told);
      err.flush();
    }
  }

  private static void makeFolder(Path folder) throws VerbException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException failure) {
      throw new VerbException("can't make the folder " + folder + ": " + failure, failure);
    }
    if (!Files.isWritable(folder)) {
      throw new VerbException("can't make sockets in " + folder + ": it is not writable");
    }
  }

  /**
   * Creates a device; one that can't be served is removed again.
   *
   * @throws VerbException also if it can't be served, naming the socket
   */
  String create(Lifecycle lifecycle, String parent, String type, String uuid) throws VerbException {
    refusal = null;
    creating = true;
    try {
      String created = lifecycle.create(parent, type, uuid);
      String refused = refusal;
      if (refused != null) {
        lifecycle.remove(created);
        throw new VerbException(refused);
      }
      return created;
    } finally {
      creating = false;
    }
  }

  /** Says how a device that is served is used. */
  void print(String uuid, PrintWriter out) {
    SocketDirectory serving = sockets;
    if (serving == null) {
      return;
    }
    if (serving.serves(uuid)) {
      out.printf(
          "  -device"
              + " '{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"%s\"}}'%n",
          serving
              .path(uuid)
              .toString()
              .replace("\\", "\\\\")
              .replace("\"", "\\\"")
              .replace("'", "'\\''"));
    } else {
      spec.commandLine().getErr().println("mdev: " + uuid + " is not served: no vfio-pci device");
    }
  }
}
