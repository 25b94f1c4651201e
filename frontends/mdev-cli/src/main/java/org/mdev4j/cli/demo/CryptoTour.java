package org.mdev4j.cli.demo;

import java.nio.file.Path;
import java.util.HexFormat;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;

/**
 * The part of the tour on a machine that has crypto cards: two guests share them by domain, a third
 * claim is refused, and a card is pulled out under both.
 */
final class CryptoTour {
  private static final String ANN = "c0ffee00-0002-4000-8000-000000000001";
  private static final String BOB = "c0ffee00-0002-4000-8000-000000000002";
  private static final String DOMAIN_OF_ANN = "4";
  private static final String DOMAIN_OF_BOB = "0x47";
  private static final byte[] HMAC_REQUEST = {2, 'h', 'i'};
  private static final int LONGEST_REPLY = 100;

  private final Host host;
  private final ApPanel panel;
  private final Stage stage;

  private CryptoTour(Host host, Stage stage) {
    this.host = host;
    this.panel = host.service(ApPanel.class);
    this.stage = stage;
  }

  /** Gives it; how many devices it created and removed. */
  static int give(Stage stage) {
    stage.chapter("Share crypto cards between two guests");
    stage.say("Machine '" + ApMachines.EXAMPLE + "' has the cards 4, 5 and 6.");
    Host.Builder builder = Host.builder().name("crypto");
    ApMachines.find(ApMachines.EXAMPLE).ifPresent(builder::machine);
    try (Host host = builder.start()) {
      stage.command("modprobe vfio_ap");
      host.modules().modprobe("vfio_ap");
      host.modules().modprobe("vfio_iommu_type1");
      new CryptoTour(host, stage).share();
      return 2;
    } catch (ErrnoException refusal) {
      stage.surprise(refusal.summary());
      return 0;
    }
  }

  private void share() {
    stage.say("The host keeps card 4 and leaves the others to guests:");
    stage.echo("-5,-6", host.path("/sys/bus/ap/apmask"));
    create(ANN, DOMAIN_OF_ANN);
    create(BOB, DOMAIN_OF_BOB);
    expect("05.0047, 06.0047", queues(BOB, "matrix"));
    stage.say("A queue belongs to one of them, and card 4 to the host:");
    stage.echoRefused(DOMAIN_OF_ANN, file(BOB, "assign_domain"), Errno.EADDRINUSE);
    stage.echoRefused("4", file(BOB, "assign_adapter"), Errno.EADDRNOTAVAIL);
    ApGuest ann = panel.guest("ann", GuestFeatures.all());
    ApGuest bob = panel.guest("bob", GuestFeatures.all());
    Vfio vfio = host.service(Vfio.class);
    try (OpenDevice annsDevice = vfio.openDevice(ANN, "guest ann", ann);
        OpenDevice bobsDevice = vfio.openDevice(BOB, "guest bob", bob)) {
      stage.say(
          "Guests "
              + ann.name()
              + " and "
              + bob.name()
              + " open "
              + annsDevice.file().name()
              + " and "
              + bobsDevice.file().name()
              + ".");
      stage.say("The same request on the same card: each domain has a key of its own.");
      String first = ask(ann, new Apqn(5, 4));
      String second = ask(bob, new Apqn(5, 0x47));
      if (first.isEmpty() || first.equals(second)) {
        stage.surprise("the two answers should differ");
      }
      pull(ann);
    }
    stage.echo("1", file(ANN, "remove"));
    stage.echo("1", file(BOB, "remove"));
  }

  private void pull(ApGuest ann) {
    stage.say("Card 5 is pulled out under both, and comes back:");
    Path adapters = host.path("/sys/kernel/debug/ap/adapters");
    stage.echo("-5", adapters);
    expect("06.0004", queues(ANN, "guest_matrix"));
    ApStatus status = ann.nqap(new Apqn(5, 4), 1, HMAC_REQUEST);
    stage.output("guest ann, NQAP to 05.0004: response " + status);
    if (status.isNormal()) {
      stage.surprise("there should be no such queue");
    }
    stage.echo("+5", adapters);
    expect("05.0004, 06.0004", queues(ANN, "guest_matrix"));
  }

  private void create(String uuid, String domain) {
    stage.echo(
        uuid,
        host.path("/sys/devices/vfio_ap/matrix/mdev_supported_types/vfio_ap-passthrough/create"));
    stage.echo("5", file(uuid, "assign_adapter"));
    stage.echo("6", file(uuid, "assign_adapter"));
    stage.echo(domain, file(uuid, "assign_domain"));
  }

  private String ask(ApGuest guest, Apqn apqn) {
    ApStatus sent = guest.nqap(apqn, 1, HMAC_REQUEST);
    panel.settle();
    Dequeued reply = guest.dqap(apqn, LONGEST_REPLY);
    if (!sent.isNormal() || !reply.status().isNormal()) {
      stage.surprise("NQAP " + sent + ", DQAP " + reply.status());
      return "";
    }
    String mac = HexFormat.of().formatHex(reply.data());
    stage.output("guest " + guest.name() + ", HMAC by " + apqn + ": " + mac);
    return mac;
  }

  private String queues(String uuid, String file) {
    return stage.cat(file(uuid, file)).strip().replace("\n", ", ");
  }

  private void expect(String expected, String answer) {
    if (!answer.equals(expected)) {
      stage.surprise("expected " + expected);
    }
  }

  private Path file(String uuid, String name) {
    return host.path("/sys/bus/mdev/devices/" + uuid + "/" + name);
  }
}
