package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;

/** {@code echo}: prints its arguments. What looks like another option than -n is text. */
final class Echo extends Builtin {
  Echo() {
    super("echo", "[-n] TEXT... [> FILE]", "print text, or write it to a file", Argument.PATH);
  }

  @Override
  public List<String> details() {
    return List.of(
        "-n  without a newline at the end",
        "The whole text reaches the file in one write, and what the file answers is told.",
        "With & at the end the shell does not wait, for example for a device to be let go:",
        "  echo 1 > /sys/bus/mdev/devices/UUID/remove &");
  }

  @Override
  public void run(Session session, List<String> given, Output output) {
    boolean plain = !given.isEmpty() && given.getFirst().equals("-n");
    String text = String.join(" ", plain ? given.subList(1, given.size()) : given);
    output.text(plain ? text : text + "\n");
  }
}
