package io.modelregistry.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;

/** Static fields are constants: final, and of no type that exists to be changed. */
final class StaticState {
    private static final List<Class<?>> CHANGING = List.of(
            AbstractCollection.class,
            AbstractMap.class,
            ConcurrentMap.class,
            BitSet.class,
            StringBuilder.class,
            Random.class,
            ThreadLocal.class,
            Executor.class,
            Lock.class,
            AtomicBoolean.class,
            AtomicInteger.class,
            AtomicLong.class,
            AtomicReference.class,
            LongAdder.class);

    private StaticState() {}

    static DescribedPredicate<JavaField> areOurs(String root) {
        return DescribedPredicate.describe(
                "static fields",
                field -> field.getModifiers().contains(JavaModifier.STATIC)
                        && !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && (field.getOwner().getPackageName() + ".").startsWith(root + "."));
    }

    static ArchCondition<JavaField> notChange() {
        return new ArchCondition<>("not change") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                JavaClass type = field.getRawType();
                if (!field.getModifiers().contains(JavaModifier.FINAL)) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is static and not final"));
                } else if (CHANGING.stream().anyMatch(type::isAssignableTo)) {
                    events.add(SimpleConditionEvent.violated(
                            field, "%s is static and a %s".formatted(field.getFullName(), type.getSimpleName())));
                } else if (type.isArray() && !field.getModifiers().contains(JavaModifier.PRIVATE)) {
                    events.add(SimpleConditionEvent.violated(
                            field, field.getFullName() + " is a static array that others can write"));
                }
            }
        };
    }
}
