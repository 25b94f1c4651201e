package org.mdev4j.cli.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.mdev4j.cli.device.Picture;
import org.mdev4j.cli.device.SerialTalk;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.FoundModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;

/**
 * The tour: loads drivers, creates devices, talks through a UART, looks at a display, runs limits
 * to exhaustion and back, removes a device that is in use, and leaves nothing behind. Every chapter
 * knows what it expects.
 */
public final class Tour {
  private static final String SERIAL = "c0ffee00-0001-4000-8000-000000000001";
  private static final List<String> SAMPLES = List.of("mtty", "mdpy", "mbochs");

  private final Host host;
  private final Stage stage;
  private final Uevents.Subscription events;
  private int created;

  private Tour(Host host, Stage stage) {
    this.host = host;
    this.stage = stage;
    this.events = host.uevents().subscribe();
  }

  /** Gives the whole tour on a host of its own; true if everything was as expected. */
  public static boolean give(Stage stage) {
    Instant start = Instant.now();
    stage.title("mdev4j: mediated devices without the hardware");
    int created;
    try (Host host = Host.builder().name("demo").start()) {
      Tour tour = new Tour(host, stage);
      tour.loadDrivers();
      tour.lookAtTypes();
      tour.createOne();
      tour.talk();
      tour.look();
      tour.beRefused();
      tour.exhaustCountedLimit();
      tour.exhaustPool();
      tour.removeWhileOpen();
      tour.cleanUp();
      created = tour.created;
    }
    created += ChannelSubsystemTour.give(stage);
    created += CryptoTour.give(stage);
    long millis = Duration.between(start, Instant.now()).toMillis();
    stage.say("");
    boolean good = stage.surprises() == 0;
    stage.title(
        String.format(
            "%s: 5 drivers, %d devices created and removed, nothing left behind (%.1f s)",
            good ? "Done" : stage.surprises() + " answers were not as expected",
            created,
            millis / 1000.0));
    return good;
  }

  private void loadDrivers() {
    stage.chapter("Load drivers that the service loader found");
    for (FoundModule found : host.modules().found()) {
      stage.output(
          found.refusal() == null
              ? String.format(
                  "found %-17s %s",
                  found.name(), found.module() == null ? "" : found.module().description())
              : "found " + found.name() + ", but " + found.refusal());
    }
    stage.command("modprobe vfio_iommu_type1");
    host.modules().modprobe("vfio_iommu_type1");
    for (String module : SAMPLES) {
      stage.command("modprobe " + module);
      host.modules().modprobe(module);
    }
    stage.say("Loading mtty registered its parent, and said so:");
    stage.uevents(
        events.drain().stream().filter(event -> event.devpath().contains("/mtty")).toList());
    stage.command("ls /sys/class/mdev_bus");
    stage.output(String.join("  ", list("/sys/class/mdev_bus")));
  }

  private void lookAtTypes() {
    stage.chapter("Look at the types that can be created");
    stage.output(
        String.format("%-13s %-20s %-9s %s", "TYPE", "NAME", "API", "AVAILABLE_INSTANCES"));
    for (String parent : SAMPLES) {
      for (String type : list("/sys/class/mdev_bus/" + parent + "/mdev_supported_types")) {
        Path directory = type(parent, type);
        stage.output(
            String.format(
                "%-13s %-20s %-9s %s",
                type,
                read(directory.resolve("name")),
                read(directory.resolve("device_api")),
                read(directory.resolve("available_instances"))));
      }
    }
  }

  private void createOne() {
    stage.chapter("Create a serial card with two ports");
    create("mtty", "mtty-2", SERIAL);
    stage.uevents(events.drain());
    if (host.tree().resolve(device(SERIAL).toString()) instanceof SysfsDirectory directory) {
      TreePicture.of(directory).forEach(stage::output);
    }
    stage.say("Two of the 24 ports are gone, so there is room for 22 single or 11 dual cards:");
    stage.cat(type("mtty", "mtty-1").resolve("available_instances"));
    stage.cat(type("mtty", "mtty-2").resolve("available_instances"));
  }

  private void talk() {
    stage.chapter("Send a line through its UART, by interrupts");
    String line = "Hello from a serial card without hardware.";
    stage.say(
        "Open it over VFIO, set an eventfd for INTx, and serve interrupts as an 8250 driver does:");
    try (OpenDevice user = host.service(Vfio.class).openDevice(SERIAL, "the demo")) {
      SerialTalk talk = new SerialTalk(user.file());
      stage.output("sent:     " + line);
      String received = new String(talk.exchange(line.getBytes(US_ASCII)), US_ASCII);
      stage.output("received: " + received);
      stage.output(line.length() + " bytes each way, " + talk.interrupts() + " interrupt(s)");
      if (!received.equals(line)) {
        stage.surprise("something else came back");
      }
    } catch (ErrnoException refusal) {
      stage.surprise(refusal.summary());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    stage.chapter("Look at a display");
    String display = uuid(0x50);
    create("mdpy", "mdpy-vga", display);
    try (OpenDevice user = host.service(Vfio.class).openDevice(display, "the demo")) {
      Picture picture = Picture.of(user.file());
      stage.say(
          "Its framebuffer of " + picture.width() + "x" + picture.height() + " after a reset:");
      stage.picture(picture);
      Path png = Files.createTempFile("mdev4j-demo", ".png");
      picture.writePng(png);
      stage.output("as PNG: " + Files.size(png) + " bytes");
      Files.delete(png);
    } catch (ErrnoException refusal) {
      stage.surprise(refusal.summary());
    } catch (IOException failure) {
      stage.surprise(failure.toString());
    }
    remove(display);
    events.drain();
  }

  private void beRefused() {
    stage.chapter("Ask for what can't be had");
    stage.echoRefused(SERIAL, type("mdpy", "mdpy-vga").resolve("create"), Errno.EEXIST);
    stage.echoRefused("not-a-uuid", type("mtty", "mtty-1").resolve("create"), Errno.EINVAL);
    stage.echoRefused("5", type("mtty", "mtty-1").resolve("available_instances"), Errno.EACCES);
    stage.echoRefused("maybe", device(SERIAL).resolve("remove"), Errno.EINVAL);
    events.drain();
  }

  private void exhaustCountedLimit() {
    stage.chapter("Run a counted limit to exhaustion and back");
    stage.say("mdpy declares a limit of 4 per type; the core counts.");
    List<String> displays = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      displays.add(uuid(0x10 + i));
      create("mdpy", "mdpy-vga", displays.get(i));
    }
    stage.cat(type("mdpy", "mdpy-vga").resolve("available_instances"));
    stage.echoRefused(uuid(0x20), type("mdpy", "mdpy-vga").resolve("create"), Errno.EUSERS);
    stage.say("Give one back, and there is room again:");
    remove(displays.getFirst());
    stage.cat(type("mdpy", "mdpy-vga").resolve("available_instances"));
    create("mdpy", "mdpy-vga", uuid(0x20));
    displays.set(0, uuid(0x20));
    displays.forEach(this::remove);
    events.drain();
  }

  private void exhaustPool() {
    stage.chapter("Run a pool of resources dry");
    stage.say("mbochs has 256 MB of video memory; a large display takes 64, a small one 4.");
    List<String> displays = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      displays.add(uuid(0x30 + i));
      create("mbochs", "mbochs-large", displays.get(i));
    }
    events.drain();
    stage.echoRefused(uuid(0x40), type("mbochs", "mbochs-small").resolve("create"), Errno.ENOSPC);
    stage.say("The pool is asked once the device is in the tree, so it came and went:");
    stage.uevents(events.drain());
    displays.forEach(this::remove);
    stage.cat(type("mbochs", "mbochs-small").resolve("available_instances"));
    events.drain();
  }

  private void removeWhileOpen() {
    stage.chapter("Remove a device that somebody uses");
    Path remove = device(SERIAL).resolve("remove");
    OpenDevice user = host.service(Vfio.class).openDevice(SERIAL, "the demo");
    stage.say("A user has opened it, so the write waits:");
    stage.command("echo 1 > " + remove + " &");
    Thread remover = Thread.ofVirtual().start(() -> write(remove, "1"));
    while (Files.exists(device(SERIAL))) {
      Thread.onSpinWait();
    }
    stage.say(
        "Nobody finds it any more, but its instance is still taken and its UUID still known:");
    stage.cat(type("mtty", "mtty-2").resolve("available_instances"));
    stage.echoRefused(SERIAL, type("mtty", "mtty-2").resolve("create"), Errno.EEXIST);
    if (!remover.isAlive()) {
      stage.surprise("the write did not wait");
    }
    stage.say("The user closes it, and the removal goes on:");
    user.close();
    join(remover);
    stage.uevents(events.drain());
    stage.cat(type("mtty", "mtty-2").resolve("available_instances"));
  }

  private void cleanUp() {
    stage.chapter("Unload, and leave nothing behind");
    Mdev mdev = host.service(Mdev.class);
    for (String module : SAMPLES.reversed()) {
      stage.command("rmmod " + module);
      host.modules().rmmod(module);
    }
    stage.command("ls /sys/bus/mdev/devices /sys/class/mdev_bus /sys/kernel/iommu_groups");
    List<String> left = new ArrayList<>();
    left.addAll(list("/sys/bus/mdev/devices"));
    left.addAll(list("/sys/class/mdev_bus"));
    left.addAll(list("/sys/kernel/iommu_groups"));
    stage.output(left.isEmpty() ? "(nothing)" : String.join(" ", left));
    if (!left.isEmpty() || mdev.deviceCount() != 0) {
      stage.surprise("something was left behind");
    }
  }

  private void create(String parent, String type, String uuid) {
    stage.echo(uuid, type(parent, type).resolve("create"));
    created++;
  }

  private void remove(String uuid) {
    stage.echo("1", device(uuid).resolve("remove"));
  }

  private Path type(String parent, String type) {
    return host.path("/sys/class/mdev_bus/" + parent + "/mdev_supported_types/" + type);
  }

  private Path device(String uuid) {
    return host.path("/sys/bus/mdev/devices/" + uuid);
  }

  private static String uuid(int number) {
    return new UUID(0xc0ffee0000014000L, 0x8000000000000000L + number).toString();
  }

  private List<String> list(String directory) {
    try (Stream<Path> entries = Files.list(host.path(directory))) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException failure) {
      stage.surprise(failure.toString());
      return List.of();
    }
  }

  private String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException failure) {
      stage.surprise(failure.toString());
      return "";
    }
  }

  private void write(Path file, String text) {
    try {
      Files.writeString(file, text, java.nio.file.StandardOpenOption.WRITE);
    } catch (IOException failure) {
      stage.surprise(failure.toString());
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
