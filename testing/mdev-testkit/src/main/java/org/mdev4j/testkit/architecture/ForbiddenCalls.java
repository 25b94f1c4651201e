package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Methods that must not be called, nor named by a method reference, by their owner and name. The
 * constructor is {@code new}. A call through a supertype's method is not seen.
 *
 * <p>Not thread-safe while it is put together.
 */
final class ForbiddenCalls implements Finding.Search {
  private final List<Predicate<CodeUnitAccessTarget>> forbidden = new ArrayList<>();

  /** Forbids methods of {@code owner} and its subtypes; without names, all of them. */
  ForbiddenCalls to(Class<?> owner, String... names) {
    Set<String> unwanted = Set.of(names);
    return to(
        owner,
        target ->
            unwanted.isEmpty()
                || unwanted.contains(target.getName().equals("<init>") ? "new" : target.getName()));
  }

  /** Forbids the methods of {@code owner} and its subtypes that {@code unwanted} picks. */
  ForbiddenCalls to(Class<?> owner, Predicate<CodeUnitAccessTarget> unwanted) {
    forbidden.add(target -> target.getOwner().isAssignableTo(owner) && unwanted.test(target));
    return this;
  }

  @Override
  public Stream<String> in(JavaClass type, Collection<JavaClass> all) {
    return type.getCodeUnitAccessesFromSelf().stream()
        .filter(access -> forbidden.stream().anyMatch(call -> call.test(access.getTarget())))
        .map(JavaCodeUnitAccess::getDescription);
  }
}
