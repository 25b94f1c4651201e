package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.DebugElementsOption;
import java.lang.classfile.ClassFile.LineNumbersOption;
import java.lang.classfile.ClassModel;
import java.net.URI;
import java.net.URLConnection;

/** Class files, for what ArchUnit does not show: constants and the order of instructions. */
final class ClassFiles {
  private static final ClassFile PARSER =
      ClassFile.of(DebugElementsOption.DROP_DEBUG, LineNumbersOption.DROP_LINE_NUMBERS);

  private ClassFiles() {}

  static ClassModel parse(JavaClass type) {
    URI uri =
        type.getSource()
            .orElseThrow(
                () -> new AssertionError("no class file of " + type.getName() + " is known"))
            .getUri();
    try {
      URLConnection connection = uri.toURL().openConnection();
      connection.setUseCaches(false);
      try (InputStream bytes = connection.getInputStream()) {
        return PARSER.parse(bytes.readAllBytes());
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("reading " + uri, failure);
    }
  }
}
