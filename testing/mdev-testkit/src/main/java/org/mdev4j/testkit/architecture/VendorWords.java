package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Words of vendors and their drivers in a class file: in the names of classes and members that it
 * declares or mentions, and in its strings. Comments and the names of local variables are not seen.
 */
final class VendorWords implements Finding.Search {
  /** Found wherever they occur, also inside a longer word. */
  private static final List<String> WORDS =
      List.of("ccw", "mtty", "mdpy", "mbochs", "gvt", "i915", "s390", "kvmgt");

  /** Too short for that: found as a word only, or as a part of a camel-case name. */
  private static final String SHORT_WORD = "ap";

  private static final Pattern SEPARATORS = Pattern.compile("[^A-Za-z0-9]+");
  private static final Pattern HUMPS =
      Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

  private final String exempt;

  /**
   * @param exempt simple name of the class that may say such words
   */
  VendorWords(String exempt) {
    this.exempt = exempt;
  }

  @Override
  public Stream<String> in(JavaClass type, Collection<JavaClass> all) {
    if (type.getSimpleName().equals(exempt)) {
      return Stream.empty();
    }
    ClassModel file = ClassFiles.parse(type);
    List<String> names = new ArrayList<>();
    List<String> strings = new ArrayList<>();
    file.fields().forEach(field -> names.add(field.fieldName().stringValue()));
    file.methods().forEach(method -> names.add(method.methodName().stringValue()));
    for (PoolEntry entry : file.constantPool()) {
      switch (entry) {
        case ClassEntry mentioned -> names.add(mentioned.asInternalName());
        case NameAndTypeEntry member -> names.add(member.name().stringValue());
        case StringEntry constant -> strings.add(constant.stringValue());
        default -> {}
      }
    }
    return Stream.concat(
            names.stream().filter(name -> says(name, HUMPS)).map(name -> "the name " + name),
            strings.stream()
                .filter(text -> says(text, SEPARATORS))
                .map(text -> "the string \"" + text + "\""))
        .distinct()
        .map(
            what ->
                "Class <%s> has %s in (%s.java)"
                    .formatted(type.getName(), what, type.getSimpleName()));
  }

  private static boolean says(String text, Pattern between) {
    String lower = text.toLowerCase(Locale.ROOT);
    return WORDS.stream().anyMatch(lower::contains)
        || Arrays.stream(between.split(text)).anyMatch(SHORT_WORD::equalsIgnoreCase);
  }
}
