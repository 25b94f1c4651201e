package org.mdev4j.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.util.List;
import java.util.Set;

/**
 * Where a final field of a collection type gets its value from.
 *
 * <p>It counts as unmodifiable if, wherever the field is stored, the value comes straight from
 * {@code List.of}, {@code Set.copyOf}, {@code Collections.unmodifiableMap}, {@code Stream.toList},
 * {@code Collectors.toUnmodifiable...} or their like; in a constructor also by way of a parameter
 * that was overwritten so, as compact constructors of records do it. Anything else counts as
 * modifiable, also where a person can see that it is not.
 */
final class CollectionStores {
  private static final Set<String> INTERFACES =
      Set.of("java/util/List", "java/util/Set", "java/util/Map");
  private static final Set<String> FACTORIES = Set.of("of", "copyOf", "ofEntries");

  private final List<CodeElement> code;

  private CollectionStores(CodeModel code) {
    this.code =
        code.elementList().stream()
            .filter(
                element ->
                    !(element instanceof TypeCheckInstruction check
                        && check.opcode() == java.lang.classfile.Opcode.CHECKCAST))
            .toList();
  }

  /** Whether {@code field} is stored somewhere, and only ever with an unmodifiable value. */
  static boolean areUnmodifiable(JavaField field) {
    String initialiser = field.getModifiers().contains(JavaModifier.STATIC) ? "<clinit>" : "<init>";
    boolean stored = false;
    for (MethodModel method : ClassFiles.parse(field.getOwner()).methods()) {
      if (method.methodName().equalsString(initialiser) && method.code().isPresent()) {
        CollectionStores stores = new CollectionStores(method.code().get());
        for (int at = 0; at < stores.code.size(); at++) {
          if (stores.storesInto(field, at)) {
            stored = true;
            if (!stores.isUnmodifiable(at - 1)) {
              return false;
            }
          }
        }
      }
    }
    return stored;
  }

  private boolean storesInto(JavaField field, int at) {
    return code.get(at) instanceof FieldInstruction store
        && store.opcode().name().startsWith("PUT")
        && store.name().equalsString(field.getName())
        && store.owner().asInternalName().equals(field.getOwner().getName().replace('.', '/'));
  }

  /** Whether what the element at {@code at} leaves on the stack is an unmodifiable collection. */
  private boolean isUnmodifiable(int at) {
    return switch (code.get(at)) {
      case InvokeInstruction call -> makesUnmodifiable(call, at);
      case LoadInstruction load -> {
        int store = at - 1;
        while (store > 0
            && !(code.get(store) instanceof StoreInstruction found
                && found.slot() == load.slot())) {
          store--;
        }
        yield store > 0 && isAlwaysReached(store) && isUnmodifiable(store - 1);
      }
      default -> false; // among others a label: the value may come from elsewhere
    };
  }

  private boolean makesUnmodifiable(InvokeInstruction call, int at) {
    String owner = call.owner().asInternalName();
    String name = call.name().stringValue();
    return switch (owner) {
      case "java/util/Collections" ->
          name.startsWith("unmodifiable")
              || name.startsWith("empty")
              || name.startsWith("singleton");
      case "java/util/stream/Stream" ->
          name.equals("toList")
              || (name.equals("collect")
                  && code.get(at - 1) instanceof InvokeInstruction collector
                  && collector.name().stringValue().startsWith("toUnmodifiable"));
      default -> INTERFACES.contains(owner) && FACTORIES.contains(name);
    };
  }

  /** Whether no branch leads from before the element at {@code at} to behind it. */
  private boolean isAlwaysReached(int at) {
    return code.subList(0, at).stream()
        .noneMatch(
            element ->
                element instanceof BranchInstruction branch && position(branch.target()) > at);
  }

  private int position(Label label) {
    for (int at = 0; at < code.size(); at++) {
      if (code.get(at) instanceof LabelTarget target && target.label().equals(label)) {
        return at;
      }
    }
    return -1;
  }
}
