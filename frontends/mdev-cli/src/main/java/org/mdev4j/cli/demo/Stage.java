package org.mdev4j.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.device.Picture;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import picocli.CommandLine.Help.Ansi;

/**
 * Where the tour shows what it does: prints a chapter, a command and its answer, and keeps count of
 * answers that were not the expected ones.
 */
public final class Stage {
  private static final int PICTURE_COLUMNS = 48;

  private final PrintWriter out;
  private final Ansi ansi;
  private int chapter;
  private int surprises;

  public Stage(PrintWriter out, Ansi ansi) {
    this.out = out;
    this.ansi = ansi;
  }

  /** How many answers were not the expected ones. */
  int surprises() {
    return surprises;
  }

  void title(String text) {
    line("@|bold " + text + "|@");
  }

  void chapter(String text) {
    out.println();
    line("@|bold,cyan " + ++chapter + ". " + text + "|@");
  }

  /** Says something in plain words. */
  void say(String text) {
    line("   " + text);
  }

  /** Shows a command. */
  void command(String text) {
    line("   @|yellow $ " + text + "|@");
  }

  /** Shows a command that a guest is given. */
  void guestCommand(String text) {
    line("   @|yellow guest# " + text + "|@");
  }

  /** Shows a line of output. */
  void output(String text) {
    out.println("     " + text);
    out.flush();
  }

  /** Shows what the driver core announced. */
  void uevents(List<Uevent> events) {
    events.forEach(event -> line("     @|faint uevent " + event + "|@"));
  }

  /** Shows a picture. */
  void picture(Picture picture) {
    picture.draw(PICTURE_COLUMNS, ansi.enabled()).forEach(this::output);
  }

  /** Reads a file as {@code cat} does. */
  String cat(Path file) {
    command("cat " + file);
    try {
      String text = Files.readString(file);
      text.lines().forEach(this::output);
      return text;
    } catch (IOException failure) {
      surprise(failure.toString());
      return "";
    }
  }

  /** Writes to a file as {@code echo} does, and expects that it works. */
  void echo(String text, Path file) {
    answer(text, file, write(text, file), null);
  }

  /** Writes to a file as {@code echo} does, and expects to be refused. */
  void echoRefused(String text, Path file, Errno expected) {
    answer(text, file, write(text, file), expected);
  }

  private void answer(
      String text, Path file, @Nullable ErrnoException refusal, @Nullable Errno expected) {
    command("echo " + text + " > " + file);
    if (refusal != null) {
      line("     @|red " + refusal.errno() + "|@ " + refusal.getMessage());
    }
    if ((refusal == null ? null : refusal.errno()) != expected) {
      surprise("expected " + (expected == null ? "no refusal" : expected));
    }
  }

  /** Notes an answer that the tour did not expect. */
  void surprise(String what) {
    surprises++;
    line("     @|bold,red unexpected:|@ " + what);
  }

  private static @Nullable ErrnoException write(String text, Path file) {
    try {
      Files.writeString(file, text, StandardOpenOption.WRITE);
      return null;
    } catch (FileSystemException refused) {
      if (refused.getCause() instanceof ErrnoException refusal) {
        return refusal;
      }
      return new ErrnoException(Errno.EIO, refused.toString(), refused);
    } catch (IOException failure) {
      return new ErrnoException(Errno.EIO, failure.toString(), failure);
    }
  }

  private void line(String markup) {
    out.println(ansi.string(markup));
    out.flush();
  }
}
