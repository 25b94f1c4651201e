package org.mdev4j.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mdev4j.cli.device.Picture;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfiouser.server.SocketDirectory;

/**
 * The tour with a virtual machine: a stock Linux guest in a stock QEMU finds a serial card and a
 * display that are written in Java, and uses them with its own drivers.
 */
public final class QemuTour {
  private static final String CARD = "c0ffee00-0002-4000-8000-000000000001";
  private static final String DISPLAY = "c0ffee00-0002-4000-8000-000000000002";

  private final Stage stage;
  private final Host host;

  private QemuTour(Stage stage, Host host) {
    this.stage = stage;
    this.host = host;
  }

  /**
   * Gives it on a host of its own; true if everything was as expected.
   *
   * @param scripts the folder {@code it/qemu} of the source tree
   * @param picture where the guest's picture goes, as PNG
   */
  public static boolean give(Stage stage, Path scripts, Path picture) throws IOException {
    stage.title("mdev4j: devices written in Java, used by a stock Linux guest in a stock QEMU");
    Path folder = Files.createTempDirectory("mdev4j");
    try (Host host = Host.builder().name("demo").start();
        Scope serving = new Scope("vfio-user")) {
      QemuTour tour = new QemuTour(stage, host);
      SocketDirectory sockets = tour.serve(folder, serving);
      tour.useInGuest(scripts, sockets, picture);
      stage.chapter("Remove the devices");
      tour.remove(CARD);
      tour.remove(DISPLAY);
    } finally {
      Files.delete(folder);
    }
    stage.say("");
    boolean good = stage.surprises() == 0;
    stage.title(good ? "Done" : stage.surprises() + " answers were not as expected");
    return good;
  }

  private SocketDirectory serve(Path folder, Scope serving) {
    stage.chapter("Create a serial card and a display, each with a socket");
    for (String module : List.of("vfio_iommu_type1", "mtty", "mbochs")) {
      stage.command("modprobe " + module);
      host.modules().modprobe(module);
    }
    SocketDirectory sockets = serving.own(new SocketDirectory(host.service(Vfio.class), folder));
    create("mtty", "mtty-2", CARD);
    create("mbochs", "mbochs-medium", DISPLAY);
    return sockets;
  }

  private void useInGuest(Path scripts, SocketDirectory sockets, Path file) {
    stage.chapter("Boot a Linux guest with them");
    List<Path> paths = List.of(sockets.path(CARD), sockets.path(DISPLAY));
    stage.command("it/qemu/guest --socket " + paths.get(0) + " --socket " + paths.get(1));
    stage.say("This takes a minute, the first time two: QEMU and the guest are fetched then.");
    try (Guest guest = Guest.boot(scripts, paths)) {
      type(guest, "uname -sr");
      stage.chapter("Its own drivers have found the serial card");
      type(guest, "dmesg | grep ttyS[12]");
      type(guest, "grep ^[12] /proc/tty/driver/serial");
      stage.say("Send 16 KiB through it; the card returns them, by interrupts:");
      type(guest, "echo_through ttyS1");
      stage.chapter("And the display");
      type(guest, "dmesg | grep bochs");
      stage.say("The guest writes to its console, and this is what the device shows:");
      type(guest, "{ color_bars; dmesg | grep -E 'ttyS|bochs'; } > /dev/tty1");
      type(guest, "cat /proc/tty/driver/serial > /dev/tty1");
      look(file);
      stage.chapter("Power off");
      guest.powerOff();
    } catch (ErrnoException refusal) {
      stage.surprise(refusal.summary());
    } catch (IOException failure) {
      stage.surprise(String.valueOf(failure.getMessage()));
    }
  }

  private void look(Path file) throws IOException {
    Picture picture = Picture.of(host, DISPLAY, "the demo");
    stage.picture(picture);
    picture.writePng(file);
    stage.output(picture.width() + "x" + picture.height() + " pixels, to be seen in " + file);
  }

  private void type(Guest guest, String command) throws IOException {
    stage.guestCommand(command);
    guest.run(command).forEach(stage::output);
  }

  private void create(String parent, String type, String uuid) {
    Path types = host.path("/sys/class/mdev_bus/" + parent + "/mdev_supported_types");
    stage.echo(uuid, types.resolve(type).resolve("create"));
  }

  private void remove(String uuid) {
    stage.echo("1", host.path("/sys/bus/mdev/devices/" + uuid).resolve("remove"));
  }
}
