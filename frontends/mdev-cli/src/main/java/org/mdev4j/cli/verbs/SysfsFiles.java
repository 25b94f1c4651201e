package org.mdev4j.cli.verbs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and writes a sysfs tree as it wants to be read and written. */
final class SysfsFiles {
  private SysfsFiles() {}

  /** What is in {@code directory}, sorted; nothing if it is not there. */
  static List<Path> list(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (NoSuchFileException nothing) {
      return List.of();
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
    Collections.sort(entries);
    return entries;
  }

  /** The last name of {@code path}. */
  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /** The content of a file without the newline at its end; null if there is none. */
  static @Nullable String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException unreadable) {
      return null;
    }
  }

  /** The last name of what {@code link} leads to; null if it leads nowhere. */
  static @Nullable String target(Path link) {
    try {
      return name(link.toRealPath());
    } catch (IOException missing) {
      return null;
    }
  }

  /** Writes {@code text}, without a newline, in one write to a file that is there. */
  static void write(Path file, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      int taken = channel.write(bytes);
      if (bytes.hasRemaining()) {
        throw new IOException("took " + taken + " of " + bytes.limit() + " bytes");
      }
    }
  }
}
