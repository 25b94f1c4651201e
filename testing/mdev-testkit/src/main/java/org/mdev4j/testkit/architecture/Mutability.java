package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides, from types and class files alone, whether a field can ever show a different value.
 *
 * <p>Immutable are: primitives, the value types of the JDK below, JDK enums, loggers; final
 * classes, records and enums of others whose fields are final and immutable; and {@code java.util}
 * collection interfaces with immutable elements if {@link CollectionStores} says so. Everything
 * else counts as mutable: arrays, interfaces (a lambda may capture anything), collections in
 * collections.
 */
final class Mutability {
  private static final Set<String> VALUES =
      Set.of(
          "java.lang.Boolean",
          "java.lang.Byte",
          "java.lang.Character",
          "java.lang.Class",
          "java.lang.Double",
          "java.lang.Float",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Short",
          "java.lang.String",
          "java.lang.invoke.MethodHandle",
          "java.lang.invoke.MethodType",
          "java.lang.invoke.VarHandle",
          "java.math.BigDecimal",
          "java.math.BigInteger",
          "java.net.URI",
          "java.nio.ByteOrder",
          "java.nio.charset.Charset",
          "java.nio.file.Path",
          "java.util.HexFormat",
          "java.util.Locale",
          "java.util.UUID",
          "java.util.regex.Pattern",
          "org.slf4j.Logger",
          "org.slf4j.Marker");
  private static final Set<String> COLLECTIONS =
      Set.of("java.util.Collection", "java.util.List", "java.util.Set", "java.util.Map");

  private final Predicate<JavaClass> trusted;
  private final Set<JavaClass> beingLookedAt = new HashSet<>();

  private Mutability(Predicate<JavaClass> trusted) {
    this.trusted = trusted;
  }

  /** Why {@code field} can change; empty if it can't. */
  static Optional<String> of(JavaField field) {
    return of(field, type -> false);
  }

  /** Likewise, where types that are {@code trusted} count as immutable. */
  static Optional<String> of(JavaField field, Predicate<JavaClass> trusted) {
    return new Mutability(trusted).ofField(field);
  }

  private Optional<String> ofField(JavaField field) {
    if (!field.getModifiers().contains(JavaModifier.FINAL)) {
      return Optional.of("is not final");
    }
    JavaClass type = field.getRawType();
    if (!type.isAssignableTo(Collection.class) && !type.isAssignableTo(Map.class)) {
      return ofType(type);
    }
    if (!COLLECTIONS.contains(type.getName())) {
      return Optional.of("is of type " + type.getName() + ", which can change");
    }
    if (!CollectionStores.areUnmodifiable(field)) {
      return Optional.of(
          "does not get its %s straight from List.of, Set.copyOf or their like"
              .formatted(type.getSimpleName()));
    }
    return elementTypes(field.getType())
        .map(
            element ->
                element.isAssignableTo(Collection.class) || element.isAssignableTo(Map.class)
                    ? Optional.of("is of type " + element.getName() + ", which can change")
                    : ofType(element))
        .flatMap(Optional::stream)
        .map(reason -> "has an element that " + reason)
        .findFirst();
  }

  private static Stream<JavaClass> elementTypes(JavaType type) {
    List<JavaType> arguments =
        type instanceof JavaParameterizedType parameterized
            ? parameterized.getActualTypeArguments()
            : List.of(type);
    return arguments.stream().map(JavaType::toErasure);
  }

  private Optional<String> ofType(JavaClass type) {
    if (type.isArray()) {
      return Optional.of("is an array, which anybody can write to");
    }
    if (isValue(type) || trusted.test(type) || !beingLookedAt.add(type)) {
      return Optional.empty();
    }
    boolean closed =
        type.isEnum() || type.getModifiers().contains(JavaModifier.FINAL) || type.isRecord();
    if (!closed || type.getPackageName().startsWith("java.")) {
      return Optional.of("is of type " + type.getName() + ", which can change or might");
    }
    return Stream.concat(Stream.of(type), type.getAllSubclasses().stream())
        .flatMap(each -> each.getAllFields().stream())
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
        .filter(field -> !field.getOwner().getPackageName().equals("java.lang"))
        .flatMap(field -> ofField(field).map(why -> field.getName() + " " + why).stream())
        .map(why -> "is of type " + type.getName() + ", whose field " + why)
        .findFirst();
  }

  private static boolean isValue(JavaClass type) {
    return type.isPrimitive()
        || VALUES.contains(type.getName())
        || type.getPackageName().equals("java.time")
        || type.isAssignableTo("java.lang.foreign.MemoryLayout")
        || (type.isEnum() && type.getPackageName().startsWith("java."));
  }
}
