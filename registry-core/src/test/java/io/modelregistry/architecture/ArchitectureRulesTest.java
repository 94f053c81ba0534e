package io.modelregistry.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Breaks each rule once and sees it fail, and only it. */
class ArchitectureRulesTest {
    private static final Map<String, ArchRule> RULES =
            Map.copyOf(ArchitectureRules.under("io.modelregistry").all());

    @TempDir
    Path folder;

    /** Sources that break rules: which, what their report must name, and the texts. */
    record Planted(List<String> rules, String named, List<String> texts) {
        static Planted breaking(String rule, String named, String... texts) {
            return new Planted(List.of(rule), named, List.of(texts));
        }

        Planted and(String rule) {
            List<String> more = new ArrayList<>(rules);
            more.add(rule);
            return new Planted(more, named, texts);
        }
    }

    static Stream<Planted> planted() {
        return Stream.of(packages(), signatures(), statics(), names()).flatMap(cases -> cases);
    }

    private static Stream<Planted> packages() {
        String arrows = "packages use only those below them";
        String event = "package io.modelregistry.event; public class Happened { %s }";
        return Stream.of(
                Planted.breaking(
                                "packages have no cycles",
                                "io.modelregistry.event",
                                "package io.modelregistry.lifecycle; class Loop { io.modelregistry.event.Happened event; }",
                                event.formatted("private io.modelregistry.lifecycle.Stage stage;"),
                                "package io.modelregistry.lifecycle; public class Stage {}")
                        .and(arrows),
                Planted.breaking(
                        arrows,
                        "io.modelregistry.model.Name",
                        "package io.modelregistry.model; class Name { io.modelregistry.event.Happened[] events; }",
                        event.formatted("")),
                Planted.breaking(
                        arrows,
                        "io.modelregistry.ModelRegistries",
                        "package io.modelregistry.event; class Wired { io.modelregistry.ModelRegistries all; }",
                        "package io.modelregistry; public class ModelRegistries {}"),
                Planted.breaking(
                        arrows, "package 'novel', which has no row", "package io.modelregistry.novel; class Idea {}"),
                Planted.breaking(
                                "internal packages are used only by the core's wiring",
                                "io.modelregistry.inference.Peeks",
                                "package io.modelregistry.inference; class Peeks { io.modelregistry.internal.commit.Head head; }",
                                "package io.modelregistry.internal.commit; public class Head {}")
                        .and(arrows),
                Planted.breaking(
                        "only the ONNX adapter knows ONNX Runtime",
                        "io.modelregistry.inference.Direct",
                        "package io.modelregistry.inference; class Direct { ai.onnxruntime.OrtSession session; }",
                        "package ai.onnxruntime; public class OrtSession {}"),
                Planted.breaking(
                        "only the DJL adapter knows DJL, TensorFlow and JavaCPP",
                        "io.modelregistry.inference.onnx.Mixed",
                        "package io.modelregistry.inference.onnx; class Mixed { ai.djl.Model model; }",
                        "package ai.djl; public class Model {}"));
    }

    private static Stream<Planted> signatures() {
        Planted storage = Planted.breaking(
                "storage types stay below the registry",
                "io.modelregistry.storage.StorageKey",
                "package io.modelregistry.registry; public class Where {"
                        + " public io.modelregistry.storage.StorageKey key() { return null; } }",
                "package io.modelregistry.storage; public class StorageKey {}");
        Stream<Planted> thirdParty = Stream.of(
                        "public com.other.Json json() { return null; }",
                        "public void read(java.util.List<? extends com.other.Json[]> json) {}",
                        "protected void read() throws com.other.Json {}",
                        "public final com.other.Json json = null;",
                        "public Codec(com.other.Json json) {}",
                        "public interface Nested extends java.util.function.Supplier<com.other.Json> {}")
                .map(member -> Planted.breaking(
                        "third-party types stay out of public signatures",
                        "com.other.Json",
                        "package io.modelregistry.model; public class Codec { " + member + " }",
                        "package com.other; public class Json extends Exception {}"));
        return Stream.concat(Stream.of(storage), thirdParty);
    }

    private static Stream<Planted> statics() {
        return Stream.of(
                        "static int count;",
                        "static final java.util.ArrayList<String> ALL = null;",
                        "static final java.util.concurrent.ConcurrentMap<String, String> ALL = null;",
                        "static final java.util.concurrent.atomic.AtomicLong NEXT = null;",
                        "static final int[] TABLE = {1};")
                .map(field -> Planted.breaking(
                        "static fields do not change",
                        "io.modelregistry.model.Holder",
                        "package io.modelregistry.model; class Holder { " + field + " }"));
    }

    private static Stream<Planted> names() {
        String type = "package io.modelregistry.model; public class Thing { %s }";
        return Stream.of(
                Planted.breaking(
                        "names say what a type is",
                        "io.modelregistry.model.NameUtils",
                        "package io.modelregistry.model; class NameUtils {}"),
                Planted.breaking(
                        "accessors have no get", "getSize()", type.formatted("public int getSize() { return 0; }")),
                Planted.breaking(
                        "find returns what may be absent",
                        "findSize(int)",
                        type.formatted("public int findSize(int at) { return at; }")),
                Planted.breaking(
                        "public methods take no boolean",
                        "sort(boolean)",
                        type.formatted("public void sort(boolean ascending) {}")),
                Planted.breaking(
                        "public methods take at most four",
                        "of(int, int, int, int, int)",
                        type.formatted("public void of(int a, int b, int c, int d, int e) {}")),
                Planted.breaking(
                        "every package is null-marked",
                        "io.modelregistry.internal.unmarked.Thing",
                        "package io.modelregistry.internal.unmarked; class Thing {}"));
    }

    @ParameterizedTest
    @MethodSource("planted")
    void aBrokenRuleFailsAndNoOther(Planted planted) throws IOException {
        JavaClasses classes = new PlantedSources(folder).compiled(planted.texts());

        List<String> broken = RULES.entrySet().stream()
                .filter(rule -> rule.getValue().evaluate(classes).hasViolation())
                .map(Map.Entry::getKey)
                .toList();

        assertThat(broken).containsExactlyInAnyOrderElementsOf(planted.rules());
        assertThat(RULES.get(planted.rules().get(0))
                        .evaluate(classes)
                        .getFailureReport()
                        .toString())
                .contains(planted.named());
    }

    @Test
    void everyRuleIsBrokenByOneOfTheCases() {
        assertThat(planted().flatMap(planted -> planted.rules().stream())).containsAll(RULES.keySet());
    }

    @Test
    void whatFollowsTheRulesPasses() throws IOException {
        JavaClasses classes = new PlantedSources(folder)
                .compiled(List.of(
                        "package io.modelregistry.model; public record Name(String text, boolean shown) implements"
                                + " Comparable<Name> { static final int[] NONE() { return null; }"
                                + " private static final int[] TABLE = {1}; @Override public int compareTo(Name o)"
                                + " { return TABLE[0]; } @Override public boolean equals(Object o) { return true; } }",
                        "package io.modelregistry.registry; public interface Opens {"
                                + " void open(io.modelregistry.storage.StorageNode node, java.util.List<? extends Number> n);"
                                + " java.util.Optional<String> find(String name); String getOrThrow(String name); }",
                        "package io.modelregistry.storage; public interface StorageNode {}",
                        "package io.modelregistry; public class ModelRegistries { io.modelregistry.internal.Head head; }",
                        "package io.modelregistry.internal; public class Head {"
                                + " public com.other.Json json() { return null; } }",
                        "package io.modelregistry.inference.onnx; public class Session {"
                                + " public ai.onnxruntime.OrtSession session() { return null; } }",
                        "package com.other; public class Json {}",
                        "package ai.onnxruntime; public class OrtSession {}"));

        assertThat(RULES)
                .allSatisfy((name, rule) -> assertThat(
                                rule.evaluate(classes).getFailureReport().getDetails())
                        .as(name)
                        .isEmpty());
    }

    @Test
    void sourceRulesFindWhatTheyForbid() throws IOException {
        String unfinished = "TO" + "DO";
        Files.writeString(
                folder.resolve("Thing.java"),
                String.join(
                        "\n",
                        "// " + unfinished + ": later",
                        "String a = \"at 100%% of %s and %x\".formatted(1, 2);",
                        "String b = \"at %d\".formatted(1);",
                        "String c = String.format(Locale.ROOT, \"at %d\", 1);",
                        "String d = \"%04x\" + \"%,.2f\";"));
        Files.writeString(folder.resolve("Long.java"), "\n".repeat(451));

        assertThat(found(folder))
                .containsExactlyInAnyOrder(
                        "Thing.java: " + unfinished,
                        "Thing.java: \"at %d\"",
                        "Thing.java: \"%,.2f\"",
                        "Long.java: 451 lines");
    }

    private static List<String> found(Path folder) throws IOException {
        List<String> all = new ArrayList<>();
        for (Function<String, List<String>> rule : SourceRules.all().values()) {
            all.addAll(SourceRules.violations(folder, rule));
        }
        assertThat(new TreeSet<>(all)).hasSameSizeAs(all);
        return all;
    }
}
