package org.mdev4j.cli.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

class RefusalTest {
  @Test
  void hostSaysItsErrno() {
    IOException failure = new FileSystemException("f", null, "EUSERS: full");
    failure.initCause(new ErrnoException(Errno.EUSERS, "full"));
    assertThat(Refusal.of(failure)).hasToString("EUSERS: full");
  }

  @Test
  void kernelsIsFoundByTypeOrText() {
    assertThat(Refusal.of(new NoSuchFileException("/f")))
        .hasToString("ENOENT: no such file or directory");
    assertThat(Refusal.of(new AccessDeniedException("/f")).errno()).isEqualTo(Errno.EACCES);
    assertThat(Refusal.of(new IOException("File exists"))).hasToString("EEXIST: File exists");
    assertThat(Refusal.of(new FileSystemException("/f", null, "Too many users")))
        .hasToString("EUSERS: Too many users");
  }

  @Test
  void unknownTextStaysAsItIs() {
    assertThat(Refusal.of(new IOException("Datei oder Verzeichnis existiert bereits")))
        .hasToString("Datei oder Verzeichnis existiert bereits");
  }
}
