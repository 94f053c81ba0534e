package io.modelregistry.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What users of a module can see: the public and protected signatures of its exported packages. */
final class PublicShape {
    /** Packages whose purpose is to adapt a library, so that its types may show. */
    private static final Set<String> ADAPTERS = Set.of("inference.onnx", "inference.djl", "storage.s3");

    /** Packages that are made of storage, or that wrap or wire it. */
    private static final Set<String> NEAR_STORAGE = Set.of("encryption", "cache");

    private static final List<String> KNOWN_TO_ALL = List.of("java.", "javax.", "org.jspecify.");

    private final String root;

    PublicShape(String root) {
        this.root = root;
    }

    ArchRule thirdPartyTypesStayInside() {
        return classes()
                .that(areExported("that adapt no library", relative -> !ADAPTERS.contains(relative)))
                .should(showNo("third-party type", this::isThirdParty));
    }

    ArchRule storageStaysBelow() {
        return classes()
                .that(areExported("above storage", PublicShape::isAboveStorage))
                .should(showNo("storage type", this::isStorageDetail));
    }

    /** The methods that users can call and that this project named. */
    DescribedPredicate<JavaMethod> arePublic() {
        return DescribedPredicate.describe(
                "public methods",
                method -> method.getModifiers().contains(JavaModifier.PUBLIC)
                        && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && isVisible(method.getOwner())
                        && relativePackage(method.getOwner()).isPresent()
                        && !isInherited(method));
    }

    private static boolean isInherited(JavaMethod method) {
        String[] parameters =
                method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
        return Stream.concat(
                        method.getOwner().getAllRawSuperclasses().stream(),
                        method.getOwner().getAllRawInterfaces().stream())
                .anyMatch(parent ->
                        parent.tryGetMethod(method.getName(), parameters).isPresent());
    }

    private static boolean isAboveStorage(String relative) {
        return !relative.isEmpty()
                && !relative.equals("storage")
                && !relative.startsWith("storage.")
                && !NEAR_STORAGE.contains(relative);
    }

    /** Handing a node over is how a registry is wired; every other storage type is a detail. */
    private boolean isStorageDetail(JavaClass type) {
        return (type.getPackageName().equals(root + ".storage")
                        || type.getPackageName().startsWith(root + ".storage."))
                && !type.getName().equals(root + ".storage.StorageNode");
    }

    private boolean isThirdParty(JavaClass type) {
        return !type.isPrimitive()
                && !type.getPackageName().equals(root)
                && !type.getPackageName().startsWith(root + ".")
                && KNOWN_TO_ALL.stream().noneMatch(type.getName()::startsWith);
    }

    private DescribedPredicate<JavaClass> areExported(String which, Predicate<String> packages) {
        return DescribedPredicate.describe(
                "exported types " + which,
                type -> isVisible(type)
                        && relativePackage(type).filter(packages).isPresent());
    }

    /** The package relative to the root; empty for a class of somebody else and for one that is not exported. */
    private Optional<String> relativePackage(JavaClass type) {
        String name = type.getPackageName();
        if (name.equals(root)) {
            return Optional.of("");
        }
        return Optional.of(name)
                .filter(n -> n.startsWith(root + ".") && !(n + ".").contains(".internal."))
                .map(n -> n.substring(root.length() + 1));
    }

    private static boolean isVisible(JavaClass type) {
        return isVisible(type.getModifiers())
                && type.getEnclosingClass().map(PublicShape::isVisible).orElse(true);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static ArchCondition<JavaClass> showNo(String what, Predicate<JavaClass> refused) {
        return new ArchCondition<>("show no " + what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
                        .flatMap(PublicShape::raw)
                        .filter(refused)
                        .forEach(shown -> events.add(SimpleConditionEvent.violated(
                                type, "%s extends or implements %s".formatted(type.getName(), shown.getName()))));
                type.getMembers().stream()
                        .filter(member -> isVisible(member.getModifiers()))
                        .forEach(member -> shownBy(member)
                                .flatMap(PublicShape::raw)
                                .filter(refused)
                                .distinct()
                                .forEach(shown -> events.add(SimpleConditionEvent.violated(
                                        member, "%s shows %s".formatted(member.getFullName(), shown.getName())))));
            }
        };
    }

    private static Stream<JavaType> shownBy(JavaMember member) {
        if (member instanceof JavaCodeUnit unit) {
            return Stream.of(
                            Stream.of(unit.getReturnType()),
                            unit.getParameterTypes().stream(),
                            unit.getThrowsClause().getTypes().stream())
                    .flatMap(types -> types);
        }
        return member instanceof JavaField field ? Stream.of(field.getType()) : Stream.of();
    }

    private static Stream<JavaClass> raw(JavaType type) {
        return type.getAllInvolvedRawTypes().stream().map(JavaClass::getBaseComponentType);
    }
}
