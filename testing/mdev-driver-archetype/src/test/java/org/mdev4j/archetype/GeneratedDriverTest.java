package org.mdev4j.archetype;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedDriverTest {
  @TempDir private Path work;

  @Test
  @DisplayName("the driver that the archetype makes compiles and passes all its tests")
  void passesItsTests() throws Exception {
    assertThat(new GeneratedDriver(work).failures()).isEmpty();
  }
}
