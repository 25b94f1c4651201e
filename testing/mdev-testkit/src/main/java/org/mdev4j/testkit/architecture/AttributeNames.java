package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Names under which code makes entries of the tree, read from the class files.
 *
 * <p>In each method, a string constant belongs to the next call that makes an attribute, group,
 * directory or link: any call that takes a string and returns an {@code Attribute}, so also a
 * driver's own helper, and the calls of the cores that name an entry.
 *
 * <h2>Limits</h2>
 *
 * Not seen is a name that was put together, or came by way of a field that is no constant, a
 * parameter, a collection, or a method reference such as {@code Attribute::new}. Seen although
 * harmless is an equal constant that the method uses for something else just before: move that to a
 * method of its own.
 */
final class AttributeNames implements Finding.Search {
  private static final String TREE = "org/mdev4j/device/sysfs/";
  private static final ClassDesc ATTRIBUTE = ClassDesc.of("org.mdev4j.device.sysfs.Attribute");
  private static final Set<String> OTHER_MAKERS =
      Set.of(
          TREE + "AttributeGroup.<init>",
          TREE + "AttributeGroup.of",
          TREE + "SysfsDirectory.<init>",
          TREE + "SysfsDirectory.addDirectory",
          TREE + "SysfsDirectory.addLink",
          TREE + "SysfsLink.<init>",
          "org/mdev4j/device/DeviceSpec.linkedTo",
          "org/mdev4j/mdev/MdevModel.withAttributes");

  private final Set<String> reserved;
  private final boolean attributesOnly;

  private AttributeNames(Set<String> reserved, boolean attributesOnly) {
    this.reserved = reserved;
    this.attributesOnly = attributesOnly;
  }

  /** Finds entries of any kind with a reserved name. */
  static AttributeNames ofEntries(Set<String> reserved) {
    return new AttributeNames(reserved, false);
  }

  /** Finds attributes with a reserved name, but not directories and links. */
  static AttributeNames ofAttributes(Set<String> reserved) {
    return new AttributeNames(reserved, true);
  }

  @Override
  public Stream<String> in(JavaClass type, Collection<JavaClass> all) {
    return ClassFiles.parse(type).methods().stream().flatMap(method -> in(type, method));
  }

  private Stream<String> in(JavaClass type, MethodModel method) {
    List<String> found = new ArrayList<>();
    List<String> waiting = new ArrayList<>();
    List<CodeElement> code = method.code().map(CodeModel::elementList).orElse(List.of());
    for (CodeElement element : code) {
      if (element instanceof ConstantInstruction constant
          && constant.constantValue() instanceof String text
          && reserved.contains(text)) {
        waiting.add(text);
      } else if (element instanceof InvokeInstruction call && takesName(call)) {
        boolean attribute = makesAttribute(call);
        if (attribute || makesOther(call)) {
          if (attribute || !attributesOnly) {
            waiting.forEach(name -> found.add(message(type, method, name, call)));
          }
          waiting.clear();
        }
      }
    }
    return found.stream();
  }

  private static String message(
      JavaClass type, MethodModel method, String name, InvokeInstruction call) {
    String maker = call.owner().asInternalName().replaceAll(".*/", "");
    return "Method <%s.%s> makes '%s' with %s.%s in (%s.java)"
        .formatted(
            type.getName(), method.methodName(), name, maker, call.name(), type.getSimpleName());
  }

  private static boolean takesName(InvokeInstruction call) {
    return call.typeSymbol().parameterList().contains(ConstantDescs.CD_String);
  }

  private static boolean makesAttribute(InvokeInstruction call) {
    return call.typeSymbol().returnType().equals(ATTRIBUTE)
        || (call.name().equalsString("<init>") && call.owner().asSymbol().equals(ATTRIBUTE));
  }

  private static boolean makesOther(InvokeInstruction call) {
    return OTHER_MAKERS.contains(call.owner().asInternalName() + "." + call.name());
  }
}
