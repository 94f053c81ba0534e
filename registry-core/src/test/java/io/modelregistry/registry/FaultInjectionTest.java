package io.modelregistry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.modelregistry.ModelRegistries;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.FaultyNode.Fault;
import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Lets every single call that an operation makes to the store fail in every way. The operation ends in success or in a
 * typed error; the state afterwards is the one before or the one after it, as the error says; repeated it succeeds.
 */
class FaultInjectionTest {
    private static final ModelName IRIS = ModelName.parse("iris");
    private static final Duration SHORT = Duration.ofMillis(3);

    /** An operation and what has to happen first. */
    private record Step(String name, Consumer<ModelRegistry> before, Consumer<ModelRegistry> operation) {}

    private static List<Step> steps() {
        Consumer<ModelRegistry> nothing = on -> {};
        Consumer<ModelRegistry> two = on -> {
            on.register(version("1.0.0", "a"));
            on.register(version("2.0.0", "b"));
        };
        Consumer<ModelRegistry> inProduction = two.andThen(on -> on.promote("iris:1.0.0", Stage.PRODUCTION));
        Consumer<ModelRegistry> replaced = inProduction.andThen(on -> on.promote("iris:2.0.0", Stage.PRODUCTION));
        Consumer<ModelRegistry> aliased = two.andThen(on -> on.aliases("iris").set("champion", "1.0.0"));
        Consumer<ModelRegistry> almostFull = on -> {
            for (int i = 0; i < 31; i++) {
                on.register(version("1.0." + i, "content " + i));
            }
        };
        Consumer<ModelRegistry> changed = on -> {
            for (int i = 0; i < 64; i++) {
                on.register(version("1.0." + i, "content " + i));
            }
            for (int i = 0; i < 16; i++) {
                note(on, i);
            }
        };
        return List.of(
                new Step("edit an overlay, which rewrites a page", changed, on -> note(on, 40)),
                new Step("register the first version", nothing, on -> on.register(version("1.0.0", "a"))),
                new Step("register another version", two, on -> on.register(version("3.0.0", "c"))),
                new Step("register the next version", two, on -> on.register(next("c"))),
                new Step("register the next version, which fills a page", almostFull, on -> on.register(next("last"))),
                new Step(
                        "register the next version with a copied file",
                        FaultInjectionTest::big,
                        FaultInjectionTest::big),
                new Step("upload in parts", two, FaultInjectionTest::upload),
                new Step("promote", two, on -> on.promote("iris:1.0.0", Stage.PRODUCTION)),
                new Step("replace in production", inProduction, on -> on.promote("iris:2.0.0", Stage.PRODUCTION)),
                new Step("roll back", replaced, on -> on.rollback("iris", "worse")),
                new Step("set an alias", two, on -> on.aliases("iris").set("champion", "1.0.0")),
                new Step("move an alias", aliased, on -> on.aliases("iris").set("champion", "2.0.0")),
                new Step("remove an alias", aliased, on -> on.aliases("iris").remove(Alias.of("champion"))),
                new Step(
                        "edit facts",
                        two,
                        on -> on.edit("iris").facts(ExpectedRevision.any(), facts -> facts.withDescription("flowers"))),
                new Step(
                        "edit an overlay",
                        two,
                        on -> on.edit("iris")
                                .overlay(
                                        ModelRef.parse("iris:1.0.0"),
                                        ExpectedRevision.any(),
                                        o -> o.withNotes("good"))),
                new Step("attach", two, on -> on.attachments("iris:1.0.0").add("scan", "text/plain", text("fine"))),
                new Step("retire", two, on -> on.edit("iris").retire("over")));
    }

    private static void note(ModelRegistry on, int patch) {
        on.edit("iris")
                .overlay(
                        ModelRef.parse("iris:1.0." + patch),
                        ExpectedRevision.any(),
                        overlay -> overlay.withNotes("changed"));
    }

    private static byte[] text(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    private static Registration version(String version, String content) {
        return Registration.of("iris").version(version).file("m", text(content)).build();
    }

    private static Registration next(String content) {
        return Registration.of("iris")
                .file("m", text(content))
                .file("n", text("n"))
                .build();
    }

    private static void big(ModelRegistry on) {
        on.register(Registration.of("iris").file("m", new byte[100_000]).build());
    }

    private static void upload(ModelRegistry on) {
        try (Upload upload = on.upload(Registration.of("iris").version("3.0.0").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), text("a")));
            upload.add(ArtifactSource.of(ArtifactPath.of("b"), text("b")));
            upload.seal();
        }
    }

    @TestFactory
    Stream<DynamicTest> everyFailureOfEveryCall() {
        return steps().stream()
                .flatMap(step -> Stream.of(Fault.values())
                        .map(fault -> dynamicTest(step.name() + ", " + fault, () -> everyCall(step, fault))));
    }

    private static void everyCall(Step step, Fault fault) throws IOException {
        InMemoryStorageNode start = new InMemoryStorageNode();
        use(start, step.before());
        String before = state(start);
        InMemoryStorageNode clean = copy(start);
        use(clean, step.operation());
        String after = state(clean);
        assertThat(after).isNotEqualTo(before);
        int failing = 1;
        boolean failed = true;
        while (failed) {
            InMemoryStorageNode node = copy(start);
            FaultyNode faulty = new FaultyNode(node, fault, failing);
            String where = step.name() + ", " + fault + " at call " + failing;
            Optional<RegistryException> error = attempt(faulty, step.operation());
            failed = faulty.hasFailed();
            check(where, node, error, before, after);
            repeat(step, where, node, after);
            failing++;
        }
        assertThat(failing).isGreaterThan(4);
    }

    /** A version that was not named may be another one the second time: what an attempt has claimed is passed over. */
    private static void repeat(Step step, String where, StorageNode node, String after) throws IOException {
        String state = state(node);
        if (state.equals(after)) {
            return;
        }
        use(node, step.operation());
        if (step.name().contains("next")) {
            assertThat(versions(state(node))).as("repeated: %s", where).isBetween(versions(after), versions(after) + 1);
        } else {
            assertThat(state(node)).as("repeated: %s", where).isEqualTo(after);
        }
    }

    private static void check(
            String where, StorageNode node, Optional<RegistryException> error, String before, String after)
            throws IOException {
        String state = state(node);
        boolean definite = error.isPresent() && error.get().code() != ErrorCode.OUTCOME_UNKNOWN;
        if (error.isEmpty()) {
            assertThat(state).as(where).isEqualTo(after);
        } else if (definite) {
            assertThat(state).as("%s: %s", where, error.get()).isEqualTo(before);
            assertThat(versionsAfterTheNext(node))
                    .as("a failure that was definite comes true later: %s: %s", where, error.get())
                    .isEqualTo(versions(before) + 1);
        } else {
            assertThat(state).as("%s: %s", where, error.get()).isIn(before, after);
        }
    }

    /** Others register in every way, whereby they would publish what they find sealed. */
    private static long versionsAfterTheNext(StorageNode node) throws IOException {
        InMemoryStorageNode later = copy(node);
        try (ModelRegistry registry = open(later)) {
            if (registry.findModel(IRIS).isPresent()) {
                registry.edit("iris").restore("to see what comes");
            }
            registry.register(Registration.of("iris").file("m", text("next")).build());
            return registry.getModel("iris").versionCount();
        }
    }

    private static long versions(String state) {
        return state.lines().filter(line -> line.startsWith("version ")).count();
    }

    private static Optional<RegistryException> attempt(StorageNode node, Consumer<ModelRegistry> operation) {
        try (ModelRegistry registry = open(node)) {
            operation.accept(registry);
            return Optional.empty();
        } catch (RegistryException e) {
            return Optional.of(e);
        }
    }

    private static ModelRegistry open(StorageNode node) {
        return ModelRegistries.builder(node).leaveNodeOpen().commitLimit(SHORT).open();
    }

    private static void use(StorageNode node, Consumer<ModelRegistry> operation) {
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            operation.accept(registry);
        }
    }

    private static InMemoryStorageNode copy(StorageNode from) throws IOException {
        InMemoryStorageNode copy = new InMemoryStorageNode();
        for (Map.Entry<String, String> object : Snapshot.of(from).objects().entrySet()) {
            byte[] bytes = object.getValue().getBytes(StandardCharsets.ISO_8859_1);
            copy.write(StorageKey.of(object.getKey()), Content.of(bytes), WriteCondition.unconditional());
        }
        return copy;
    }

    /**
     * What a reader that remembers nothing sees, but for times and ids; on the way it checks that history has no gap.
     */
    private static String state(StorageNode node) throws IOException {
        List<String> lines = new ArrayList<>();
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            Optional<RegisteredModel> model = registry.findModel(IRIS);
            if (model.isEmpty()) {
                return "";
            }
            lines.add(model.get().status() + " " + model.get().facts() + " "
                    + model.get().aliases());
            for (VersionSummary summary :
                    registry.versions(IRIS, VersionQuery.all()).items()) {
                RegisteredVersion version = registry.get(summary.ref());
                lines.add("version " + summary.ref() + " #" + summary.sequence() + " " + summary.stage() + " "
                        + version.overlay() + version.attachments().size()
                        + version.manifest().files());
            }
            try (InputStream in =
                    registry.artifacts("iris#" + model.get().versionCount()).open(ArtifactPath.of("m"))) {
                lines.add("newest has " + in.readAllBytes().length);
            }
            List<RegistryEvent> events = registry.history("iris").all();
            assertThat(events)
                    .extracting(RegistryEvent::revision)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, model.get().revision())
                                    .boxed()
                                    .toList());
            events.forEach(event -> lines.add(event.change().getClass().getSimpleName() + " " + event.reason()));
        }
        return String.join("\n", lines);
    }
}
