package io.modelregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.LoadSafety;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.IllegalTransitionException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.StaleRevisionException;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.VersionExistsException;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.serialization.JsonSerializer;
import io.modelregistry.serialization.NoSerializerException;
import io.modelregistry.serialization.Serializers;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModelRegistriesTest {
    private final List<RegistryEvent> heard = new ArrayList<>();
    private final InMemoryStorageNode node = new InMemoryStorageNode();
    private final ModelRegistry registry =
            ModelRegistries.builder(node).listener(heard::add).open();

    @AfterEach
    void close() {
        registry.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private RegisteredVersion register(String name, String content) {
        return registry.register(
                Registration.of(name).file("model.bin", bytes(content)).build());
    }

    @Test
    void registersPromotesAndReadsBack() throws IOException {
        RegisteredVersion first = registry.register(Registration.of("iris")
                .file("model.bin", bytes("one"))
                .metric("accuracy", 0.97)
                .build());
        assertThat(first.version()).isEqualTo(ModelVersion.parse("1.0.0"));
        RegisteredVersion second = register("iris", "two");
        assertThat(second.ref()).hasToString("iris:1.0.1");
        assertThat(second.summary().sequence()).isEqualTo(2);

        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        RegisteredVersion promoted = registry.promote("iris", Stage.PRODUCTION);
        assertThat(promoted.version()).hasToString("1.0.1");
        assertThat(registry.get("iris:1.0.0").stage()).isEqualTo(Stage.ARCHIVED);
        assertThat(registry.resolve("iris@production").version()).hasToString("1.0.1");

        assertThat(registry.rollbackTargets(first.name()))
                .extracting(v -> v.version().toString())
                .containsExactly("1.0.0");
        assertThat(registry.rollback("iris", "worse").version()).hasToString("1.0.0");
        assertThat(registry.get("iris:1.0.1").stage()).isEqualTo(Stage.ARCHIVED);

        assertThat(new String(
                        registry.artifacts("iris@production")
                                .open(ArtifactPath.of("model.bin"))
                                .readAllBytes(),
                        StandardCharsets.UTF_8))
                .isEqualTo("one");
        assertThat(Files.readString(
                        registry.artifacts("iris:1.0.1").materialize().resolve("model.bin")))
                .isEqualTo("two");
        assertThat(registry.best("iris", "accuracy").version()).hasToString("1.0.0");
        List<RegistryEvent> history = registry.history("iris").all();
        assertThat(history).hasSize(5).isEqualTo(heard);
        assertThat(history.get(4).change()).isInstanceOf(Change.RolledBack.class);
        assertThat(history.get(4).reason()).isEqualTo("worse");
    }

    @Test
    void theSameContentUnderTheSameVersionIsTheSameVersionAndOtherContentIsRefused() {
        Registration one =
                Registration.of("iris").version("2.0.0").file("m", bytes("one")).build();
        RegisteredVersion first = registry.register(one);
        assertThat(registry.register(one)).isEqualTo(first);
        Registration other =
                Registration.of("iris").version("2.0.0").file("m", bytes("two")).build();
        assertThatThrownBy(() -> registry.register(other))
                .isInstanceOf(VersionExistsException.class)
                .hasMessageContaining("Cannot register 'iris:2.0.0': the version exists and differs in file m");
        assertThat(heard).hasSize(1);
    }

    @Test
    void editsAliasesAttachmentsAndRefusals() throws IOException {
        register("nlp/sentiment", "one");
        register("nlp/sentiment", "two");
        assertThat(registry.aliases("nlp/sentiment").set("champion", "1.0.0")).hasToString("1.0.0");
        assertThat(registry.resolve("nlp/sentiment@champion").version()).hasToString("1.0.0");
        registry.aliases("nlp/sentiment").set("champion", "#2");
        assertThat(registry.aliases("nlp/sentiment").all())
                .containsEntry(Alias.of("champion"), ModelVersion.parse("1.0.1"));
        long revision = registry.getModel("nlp/sentiment").revision();
        registry.edit("nlp/sentiment").facts(ExpectedRevision.of(revision), facts -> facts.withDescription("moods"));
        assertThatThrownBy(() -> registry.edit("nlp/sentiment")
                        .facts(ExpectedRevision.of(revision), facts -> facts.withDescription("other")))
                .isInstanceOf(StaleRevisionException.class)
                .hasMessageContaining("it is at revision " + (revision + 1));
        registry.edit("nlp/sentiment")
                .overlay(ModelRef.parse("nlp/sentiment@champion"), ExpectedRevision.any(), o -> o.withNotes("good"));
        assertThat(registry.get("nlp/sentiment:1.0.1").overlay().notes()).isEqualTo("good");
        var attachment = registry.attachments("nlp/sentiment:1.0.1").add("evaluation", "application/json", bytes("{}"));
        assertThat(registry.attachments("nlp/sentiment@champion")
                        .open(attachment)
                        .readAllBytes())
                .isEqualTo(bytes("{}"));
        assertThatThrownBy(() -> registry.promote("nlp/sentiment:9.9.9", Stage.PRODUCTION))
                .isInstanceOf(ModelNotFoundException.class);
        registry.promote("nlp/sentiment:1.0.0", Stage.ARCHIVED);
        assertThatThrownBy(() -> registry.promote("nlp/sentiment:1.0.0", Stage.PRODUCTION))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("it is in ARCHIVED");
        registry.edit("nlp/sentiment").retire("old");
        assertThatThrownBy(() -> register("nlp/sentiment", "three"))
                .satisfies(e -> assertThat(((io.modelregistry.model.RegistryException) e).code())
                        .isEqualTo(ErrorCode.ILLEGAL_TRANSITION));
        assertThat(registry.models(ModelQuery.all()).items())
                .extracting(m -> m.name().toString())
                .containsExactly("nlp/sentiment");
    }

    /** A model as a Java object. */
    record Thresholds(double low, double high) {}

    @Test
    void anObjectIsRegisteredAndLoadedThroughItsSerializer() {
        try (ModelRegistry objects = ModelRegistries.builder(node)
                .leaveNodeOpen()
                .serializers(Serializers.of(JsonSerializer.of(Thresholds.class)))
                .open()) {
            Thresholds model = new Thresholds(0.25, 0.75);
            RegisteredVersion version =
                    objects.register(Registration.of("thresholds", model).build());
            assertThat(version.manifest().format().framework().name()).isEqualTo("json");
            assertThat(version.manifest().format().safety()).isEqualTo(LoadSafety.DATA_ONLY);
            assertThat(objects.load("thresholds", Thresholds.class)).isEqualTo(model);
            assertThatThrownBy(() ->
                            objects.register(Registration.of("thresholds", new java.util.concurrent.atomic.AtomicLong())
                                    .build()))
                    .isInstanceOf(NoSerializerException.class);
        }
    }

    @Test
    void theNewestEvaluationCountsWhereTheManifestHasNoMetric() {
        register("digits", "one");
        register("digits", "two");
        registry.attachments("digits:1.0.0").add("evaluation", "application/json", bytes("{\"metrics\":{\"f1\":0.9}}"));
        registry.attachments("digits:1.0.1")
                .add("evaluation", "application/json", bytes("{\"metrics\":{\"f1\":0.95}}"));
        assertThat(registry.best("digits", "f1").version()).hasToString("1.0.1");
        registry.attachments("digits:1.0.1").add("evaluation", "application/json", bytes("{\"metrics\":{\"f1\":0.8}}"));
        assertThat(registry.best("digits", "f1").version()).hasToString("1.0.0");
    }

    @Test
    void aThousandVersionsArePagedAndStillFound() {
        for (int i = 0; i < 300; i++) {
            register("many", "content " + i);
            if (i % 3 == 0) {
                registry.promote("many#" + (i + 1), Stage.PRODUCTION);
            }
        }
        assertThat(registry.getModel("many").versionCount()).isEqualTo(300);
        try (ModelRegistry other = ModelRegistries.builder(node).leaveNodeOpen().open()) {
            assertThat(other.resolve("many:1.0.7").sequence()).isEqualTo(8);
            assertThat(other.resolve("many#150").version()).hasToString("1.0.149");
            assertThat(other.resolve("many:<1.0.100").version()).hasToString("1.0.99");
            assertThat(other.resolve("many").version()).hasToString("1.0.299");
            assertThat(other.resolve("many@production").version()).hasToString("1.0.297");
            assertThat(other.resolve("many:1.0.3").stage()).isEqualTo(Stage.ARCHIVED);
            assertThat(other.resolve("many:1.0.4").stage()).isEqualTo(Stage.NONE);
            assertThat(other.versions(
                                    ModelRef.parse("many").name(),
                                    VersionQuery.all().limit(1000))
                            .items())
                    .hasSize(300);
            assertThat(other.rollbackTargets(ModelRef.parse("many").name())).hasSize(99);
        }
        assertThat(registry.history("many").all()).hasSize(400);
    }

    @Test
    void anUploadInSeveralCallsBecomesVisibleWhenItIsSealed() {
        try (Upload upload = registry.upload(Registration.of("big").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("a.bin"), bytes("a")));
            upload.add(ArtifactSource.of(ArtifactPath.of("sub/b.bin"), bytes("b")));
            assertThat(registry.findModel(ModelRef.parse("big").name())).isEmpty();
            assertThat(upload.seal().manifest().files()).hasSize(2);
        }
        assertThat(registry.resolve("big").version()).hasToString("1.0.0");
    }
}
