package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The numbered tests of {@code spec/ccw.md} 9 are there: each number begins the display name of a
 * test method, alone or with others, as in {@code 9.17, 9.18: ...}.
 */
class ChecklistTest {
  private static final Pattern NUMBERS = Pattern.compile("\\b9\\.(\\d+)(?=[,: ])");

  @Test
  @DisplayName("there is a test for each number from 1 to 83; the rest is the simulator's")
  void complete() {
    Set<Integer> wanted =
        IntStream.rangeClosed(1, 83).boxed().collect(Collectors.toCollection(TreeSet::new));
    assertThat(numbers()).containsAll(wanted);
  }

  private static Set<Integer> numbers() {
    JavaClasses tests = new ClassFileImporter().importPackages("org.mdev4j.driver.ccw");
    Set<Integer> found = new TreeSet<>();
    for (var tested : tests) {
      for (JavaMethod method : tested.getMethods()) {
        for (JavaAnnotation<JavaMethod> annotation : method.getAnnotations()) {
          if (annotation.getRawType().isEquivalentTo(DisplayName.class)) {
            Matcher numbers = NUMBERS.matcher(annotation.get("value").orElse("").toString());
            while (numbers.find()) {
              found.add(Integer.valueOf(numbers.group(1)));
            }
          }
        }
      }
    }
    return found;
  }
}
