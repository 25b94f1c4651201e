package org.mdev4j.sim.ap.panel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Locale;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.sim.ap.ApPanel;

/**
 * {@code /sys/kernel/debug/ap/guests/NAME}: a guest from the inside, for people.
 *
 * <ul>
 *   <li>{@code apm}, {@code aqm}, {@code adm}: the masks of its APCB; {@code loads}: how often they
 *       were loaded
 *   <li>{@code nqap}: takes a queue and a message, {@code 05.0004 0068656c6c6f}, and sends it
 *   <li>{@code dqap}: takes a queue and fetches the reply that is ready there
 *   <li>{@code replies}: the last replies that were fetched, the newest last
 * </ul>
 *
 * A response other than 00 is {@code ENODEV} for 01, {@code EAGAIN} for 10 and {@code EIO}
 * otherwise, with the response in the message.
 */
final class GuestFiles {
  private static final int SHOWN_REPLIES = 8;
  private static final int LONGEST = 1 << 16;

  private final SysfsDirectory home;
  private final ApPanel panel;

  GuestFiles(SysfsTree tree, ApPanel machine, Scope scope) {
    this.panel = machine;
    SysfsDirectory above = SysfsTree.makeDirectories(tree.sys(), "kernel/debug/ap");
    home = above.addDirectory("guests");
    scope.onClose(() -> above.remove(home));
  }

  /** A directory for a guest, still empty. */
  SysfsDirectory add(String name) {
    return home.addDirectory(name);
  }

  void fill(SysfsDirectory directory, ApGuest guest) {
    Mailbox mailbox = new Mailbox(guest, panel);
    directory.addAttribute(Attribute.readOnly("apm", () -> guest.masks().apm()));
    directory.addAttribute(Attribute.readOnly("aqm", () -> guest.masks().aqm()));
    directory.addAttribute(Attribute.readOnly("adm", () -> guest.masks().adm()));
    directory.addAttribute(Attribute.readOnly("loads", guest::loads));
    directory.addAttribute(Attribute.writeOnly("nqap", mailbox::send));
    directory.addAttribute(Attribute.writeOnly("dqap", mailbox::fetch));
    directory.addAttribute(new Attribute("replies", 0444, mailbox::show, null));
  }

  void remove(SysfsDirectory directory) {
    home.remove(directory);
  }

  /** Numbers what is sent, and keeps what was fetched. The monitor guards both. */
  private static final class Mailbox {
    private final ApGuest guest;
    private final ApPanel panel;
    private final Deque<String> replies = new ArrayDeque<>();
    private long sent;

    Mailbox(ApGuest guest, ApPanel panel) {
      this.guest = guest;
      this.panel = panel;
    }

    synchronized void send(String text) {
      String[] words = text.strip().split("\\s+", 2);
      if (words.length != 2) {
        throw new ErrnoException(
            Errno.EINVAL, "nqap takes a queue and a message in hexadecimal: 05.0004 0068656c6c6f");
      }
      check(guest.nqap(Apqn.parse(words[0]), sent + 1, bytes(words[1])));
      sent++;
    }

    synchronized void fetch(String text) {
      Apqn apqn = Apqn.parse(text.strip());
      // What takes no time is done by the time a person has typed this.
      panel.settle();
      Dequeued reply = guest.dqap(apqn, LONGEST);
      check(reply.status());
      if (replies.size() == SHOWN_REPLIES) {
        replies.remove();
      }
      replies.add(
          String.format(
              Locale.ROOT,
              "%s %d %s\n",
              apqn,
              reply.psmid(),
              HexFormat.of().formatHex(reply.data())));
    }

    synchronized String show() {
      return String.join("", replies);
    }

    private static byte[] bytes(String hex) {
      try {
        return HexFormat.of().parseHex(hex);
      } catch (IllegalArgumentException malformed) {
        throw new ErrnoException(
            Errno.EINVAL, "'" + hex + "' is not bytes in hexadecimal", malformed);
      }
    }

    private static void check(ApStatus status) {
      if (!status.isNormal()) {
        ResponseCode response = status.response();
        Errno errno =
            switch (response) {
              case NOT_AVAILABLE -> Errno.ENODEV;
              case FULL_OR_NO_REPLY -> Errno.EAGAIN;
              default -> Errno.EIO;
            };
        throw new ErrnoException(errno, "response " + status);
      }
    }
  }
}
