package io.modelregistry.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which package may use which: every package of the project has a row, and a package without one fails.
 *
 * <p>Names are relative to the root package; {@code ""} is the root itself, which wires the others and may use all of
 * them. A package may always use itself.
 */
final class PackageArrows {
    private static final Map<String, Set<String>> ALLOWED = table();

    private final String root;

    PackageArrows(String root) {
        this.root = root;
    }

    private static Map<String, Set<String>> table() {
        Map<String, Set<String>> rows = new TreeMap<>();
        rows.put("model", Set.of());
        rows.put("storage", Set.of());
        rows.put("storage.memory", Set.of("storage"));
        rows.put("storage.fs", Set.of("storage"));
        rows.put("storage.s3", Set.of("storage"));
        rows.put("serialization", Set.of("model"));
        rows.put("lifecycle", Set.of("model"));
        rows.put("event", Set.of("model", "lifecycle"));
        rows.put("maintenance", Set.of("model"));
        rows.put("deployment", Set.of("model"));
        rows.put("registry", Set.of("model", "lifecycle", "event", "storage", "serialization", "deployment"));

        Set<String> feature = Set.of("model", "lifecycle", "event", "registry");
        for (String name : Set.of("intake", "search", "lineage", "card", "transfer")) {
            rows.put(name, feature);
        }
        for (String name : Set.of("access", "audit", "signing", "encryption", "cache")) {
            rows.put(name, with(feature, "storage"));
        }
        rows.put("internal", with(rows.get("registry"), "registry", "maintenance"));

        rows.put("inference.internal", Set.of("model"));
        Set<String> core = with(rows.get("registry"), "registry", "inference.internal");
        rows.put("inference", core);
        rows.put("inference.onnx", with(core, "inference"));
        rows.put("inference.djl", with(core, "inference"));
        rows.put("inference.evaluation", with(core, "inference"));
        // It opens registries by their URI, in JVMs that a job is shipped to.
        rows.put("inference.scoring", with(core, "inference", ""));
        rows.put("inference.profile", with(core, "inference"));
        rows.put("inference.oip", with(core, "inference"));
        rows.put("inference.monitor", with(core, "inference"));
        rows.put("inference.runtime", with(rows.get("inference.monitor"), "inference.monitor"));
        // It takes what the environment of the process says, which the root package reads.
        rows.put(
                "inference.deployment",
                with(rows.get("inference.runtime"), "inference.runtime", "inference.scoring", ""));
        rows.put("inference.drift", with(rows.get("inference.deployment"), "inference.deployment"));
        rows.put("inference.alert", with(rows.get("inference.deployment"), "inference.deployment"));
        return Map.copyOf(rows);
    }

    private static Set<String> with(Set<String> row, String... more) {
        Set<String> all = new HashSet<>(row);
        all.addAll(Set.of(more));
        return Set.copyOf(all);
    }

    /** The classes of the project itself. */
    DescribedPredicate<JavaClass> ours() {
        return DescribedPredicate.describe("classes of the project", this::isOurs);
    }

    private boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }

    /** The row of a class: all packages below {@code internal} share one. */
    private String row(JavaClass type) {
        String relative =
                type.getPackageName().equals(root) ? "" : type.getPackageName().substring(root.length() + 1);
        return relative.equals("internal") || relative.startsWith("internal.") ? "internal" : relative;
    }

    ArchCondition<JavaClass> followTheArrows() {
        return new ArchCondition<>("use only the packages that their own package may use") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = row(type);
                Set<String> allowed = ALLOWED.get(from);
                if (allowed == null && !from.isEmpty()) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + " is in package '" + from + "', which has no row in PackageArrows"));
                    return;
                }
                for (Dependency use : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = use.getTargetClass().getBaseComponentType();
                    if (isOurs(target) && !from.isEmpty() && !isAllowed(from, row(target), allowed)) {
                        events.add(SimpleConditionEvent.violated(type, use.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean isAllowed(String from, String to, Set<String> allowed) {
        return from.equals(to) || allowed.contains(to);
    }
}
