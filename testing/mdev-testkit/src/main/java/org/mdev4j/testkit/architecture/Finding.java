package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** A condition on classes, written as a search for what is wrong with one. */
final class Finding extends ArchCondition<JavaClass> {
  /** Finds what is wrong with {@code type}, which is one of {@code all}; one message for each. */
  interface Search {
    Stream<String> in(JavaClass type, Collection<JavaClass> all);
  }

  private final Search search;
  private Collection<JavaClass> all = List.of();

  private Finding(String description, Search search) {
    super(description);
    this.search = search;
  }

  static Finding nothing(String description, Search search) {
    return new Finding(description, search);
  }

  @Override
  public void init(Collection<JavaClass> allObjectsToTest) {
    all = allObjectsToTest;
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    search
        .in(type, all)
        .forEach(message -> events.add(SimpleConditionEvent.violated(type, message)));
  }
}
