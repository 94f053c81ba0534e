package io.modelregistry.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/** How types and public methods are called, and what they take. */
final class Naming {
    private static final Pattern EMPTY_WORD = Pattern.compile(".*(Impl|Utils?|Manager|Helper|Base|Data|Info)");
    private static final Pattern GETTER = Pattern.compile("get[A-Z].*");
    private static final Set<String> OPTIONALS = Set.of(
            Optional.class.getName(),
            OptionalInt.class.getName(),
            OptionalLong.class.getName(),
            OptionalDouble.class.getName());

    private Naming() {}

    static ArchCondition<JavaClass> sayWhatTheyAre() {
        return classes(
                "not end with an empty word",
                type -> EMPTY_WORD.matcher(type.getSimpleName()).matches(),
                "ends with a word that says nothing");
    }

    static ArchCondition<JavaClass> liveInNullMarkedPackages() {
        return classes(
                "live in a @NullMarked package",
                type -> !type.getPackage().isAnnotatedWith(NullMarked.class),
                "lives in a package that is not @NullMarked");
    }

    static ArchCondition<JavaMethod> notBeGetters() {
        return methods(
                "not be getters",
                method -> GETTER.matcher(method.getName()).matches()
                        && method.getRawParameterTypes().isEmpty(),
                "is an accessor that starts with get");
    }

    static ArchCondition<JavaMethod> returnWhatMayBeAbsent() {
        return methods(
                "return an Optional if they find",
                method -> method.getName().matches("find([A-Z].*)?")
                        && !OPTIONALS.contains(method.getRawReturnType().getName()),
                "finds, but returns no Optional");
    }

    static ArchCondition<JavaMethod> takeNoBoolean() {
        return methods(
                "take no boolean",
                method -> method.getRawParameterTypes().stream().anyMatch(type -> type.isEquivalentTo(boolean.class)),
                "takes a boolean");
    }

    static ArchCondition<JavaMethod> takeAtMost(int most) {
        return methods(
                "take at most " + most + " parameters",
                method -> method.getRawParameterTypes().size() > most,
                "takes more than " + most + " parameters");
    }

    private static ArchCondition<JavaClass> classes(String what, Predicate<JavaClass> bad, String says) {
        return new ArchCondition<>(what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (bad.test(type)) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " " + says));
                }
            }
        };
    }

    private static ArchCondition<JavaMethod> methods(String what, Predicate<JavaMethod> bad, String says) {
        return new ArchCondition<>(what) {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                if (bad.test(method)) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName() + " " + says));
                }
            }
        };
    }
}
