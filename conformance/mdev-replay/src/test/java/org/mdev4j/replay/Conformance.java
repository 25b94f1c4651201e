package org.mdev4j.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the project's files are, and small transcripts of a test's own. */
final class Conformance {
  private Conformance() {}

  /** The project's root folder. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("conformance"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("run from within the project: there is no 'conformance'");
      }
    }
    return folder;
  }

  static Path x86(String name) {
    return root().resolve("conformance/transcripts/x86").resolve(name + ".jsonl");
  }

  static Path s390x(String name) {
    return root().resolve("conformance/transcripts/s390x").resolve(name + ".jsonl");
  }

  /** Writes lines as a transcript; the name decides the kind. */
  static Path transcript(Path folder, String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name + ".jsonl"), List.of(lines), StandardCharsets.UTF_8);
  }
}
