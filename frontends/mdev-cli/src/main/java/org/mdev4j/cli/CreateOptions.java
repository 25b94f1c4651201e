package org.mdev4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.mdev4j.cli.verbs.Inventory;
import org.mdev4j.cli.verbs.Lifecycle;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --create}: devices that are there from the start, and how a virtual machine gets them. */
final class CreateOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private VfioUserOptions vfioUser;

  @Option(
      names = "--create",
      paramLabel = "PARENT/TYPE[=UUID]",
      description =
          "Create a device at start, such as mtty/mtty-2, with a random UUID if none is given; may"
              + " be repeated. A module of the parent's name is loaded if there is no such parent."
              + " With --vfio-user the QEMU option is printed.")
  private List<String> devices = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  CreateOptions() {}

  /** Sockets first, then devices: each has its socket once it is created. */
  void start(Host host, Scope scope) throws VerbException, java.io.IOException {
    vfioUser.start(host, scope);
    PrintWriter out = spec.commandLine().getOut();
    for (String wanted : devices) {
      create(host, wanted, out);
    }
  }

  private void create(Host host, String wanted, PrintWriter out) throws VerbException {
    int equals = wanted.indexOf('=');
    String what = equals < 0 ? wanted : wanted.substring(0, equals);
    String uuid = equals < 0 ? UUID.randomUUID().toString() : wanted.substring(equals + 1);
    int slash = what.lastIndexOf('/');
    if (slash < 1 || slash == what.length() - 1) {
      throw new ParameterException(spec.commandLine(), "'" + wanted + "' is no PARENT/TYPE[=UUID]");
    }
    String parent = what.substring(0, slash);
    Inventory inventory = new Inventory(host.path("/sys"));
    if (!inventory.parents().contains(parent)) {
      load(host, parent);
    }
    String created =
        vfioUser.create(new Lifecycle(inventory), parent, what.substring(slash + 1), uuid);
    out.println(created + " " + what);
    vfioUser.print(created, out);
  }

  /** If there is no such module, the parent is missed with a list of those that there are. */
  private static void load(Host host, String parent) {
    boolean known =
        host.modules().found().stream().anyMatch(module -> module.name().equals(parent));
    try {
      if (known) {
        host.modules().modprobe(parent);
      }
    } catch (ErrnoException refused) {
      throw new ErrnoException(refused.errno(), "module " + parent + ": " + refused.getMessage());
    }
  }
}
