package io.modelregistry.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.EventDispatcher;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.commit.VersionDocuments;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.HoldingStore;
import io.modelregistry.internal.store.PageStore;
import io.modelregistry.maintenance.CollectionPlan;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.maintenance.Garbage.Reason;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private static final Principal COLLECTOR = Principal.service("collector");
    private static final ModelKeys IRIS = ModelKeys.of(ModelName.parse("iris"));

    private final InMemoryStorageNode node = new InMemoryStorageNode();
    private final ModelRegistry registry = ModelRegistries.open(node);
    private final AtomicLong ids = new AtomicLong();
    private final Environment environment = new Environment(
            Clock.systemUTC(), () -> "collector-" + ids.incrementAndGet(), Retries.within(Duration.ofSeconds(5)));
    private final VersionCollector versions = new VersionCollector(node, environment);
    private final HeadStore heads = new HeadStore(node, new PageStore(node), 0);
    private final PageCollector pages =
            new PageCollector(node, heads, new HeadCommitter(node, heads, environment, new EventDispatcher(List.of())));

    @AfterEach
    void close() {
        registry.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static VersionTarget target(String version) {
        return new VersionTarget(IRIS, ModelVersion.parse(version));
    }

    private void register(String version, String content) {
        registry.register(Registration.of("iris")
                .version(version)
                .file("m.bin", bytes(content))
                .build());
    }

    private Upload uploadOf(String version) {
        Upload upload = registry.upload(Registration.of("iris").version(version).build());
        upload.add(ArtifactSource.of(ArtifactPath.of("m.bin"), bytes("abandoned")));
        return upload;
    }

    private List<String> keys() throws IOException {
        return node.list(KeyPrefix.ROOT, null, 10_000).stream()
                .map(ListedObject::key)
                .map(StorageKey::value)
                .toList();
    }

    private VersionDocument document(String version) throws IOException {
        return new VersionDocuments(node)
                .read(target(version).meta())
                .orElseThrow()
                .document();
    }

    @Test
    void anAbandonedUploadBecomesVoidAndItsFilesGo() throws IOException {
        uploadOf("1.0.0").close();

        Collected collected = versions.collect(target("1.0.0"), COLLECTOR, CollectionScope.EVERYTHING);

        assertThat(collected)
                .isEqualTo(new Collected(
                        List.of(new Garbage("models/iris/1.0.0/m.bin", 9, Reason.UNPUBLISHED_UPLOAD)), false));
        assertThat(keys()).doesNotContain("models/iris/1.0.0/m.bin");
        assertThat(document("1.0.0")).isInstanceOfSatisfying(VersionDocument.Voided.class, voided -> {
            assertThat(voided.by()).isEqualTo(COLLECTOR);
            assertThat(voided.revision()).isEqualTo(2);
        });
        register("1.0.0", "again");
        assertThat(keys()).doesNotContain("models/iris/1.0.0/m.bin");
        assertThat(registry.get("iris:1.0.0").manifest().files()).hasSize(1);
    }

    @Test
    void anUploadUnderWayIsFencedOffAndStartsAgainElsewhere() throws IOException {
        try (Upload upload = uploadOf("1.0.0")) {
            versions.collect(target("1.0.0"), COLLECTOR, CollectionScope.EVERYTHING);
            upload.seal();
        }
        assertThat(document("1.0.0"))
                .isInstanceOfSatisfying(
                        VersionDocument.Sealed.class,
                        done -> assertThat(done.folder()).startsWith("1.0.0~"));
        assertThat(registry.artifacts("iris:1.0.0")
                        .open(ArtifactPath.of("m.bin"))
                        .readAllBytes())
                .isEqualTo(bytes("abandoned"));
    }

    @Test
    void aSecondCollectionFencesAgainBecauseAnUploadMayHaveBegunSince() throws IOException {
        uploadOf("1.0.0").close();
        versions.collect(target("1.0.0"), COLLECTOR, CollectionScope.EVERYTHING);
        uploadOf("1.0.0").close();

        Collected collected = versions.collect(target("1.0.0"), COLLECTOR, CollectionScope.EVERYTHING);

        assertThat(collected.deleted()).hasSize(1);
        assertThat(document("1.0.0").revision()).isEqualTo(3);
    }

    @Test
    void aSealedVersionKeepsItsFilesAndLosesTheRest() throws IOException {
        uploadOf("1.0.0").close();
        register("1.0.0", "sealed");
        node.write(
                StorageKey.of("models/iris/1.0.0_att/scan/x"), Content.of(bytes("x")), WriteCondition.unconditional());
        List<Garbage> found = versions.find(target("1.0.0"), CollectionScope.EVERYTHING);
        assertThat(found).containsExactly(new Garbage("models/iris/1.0.0/m.bin", 9, Reason.FORESTALLED_UPLOAD));
        VersionDocument before = document("1.0.0");

        assertThat(versions.collect(target("1.0.0"), COLLECTOR, CollectionScope.EVERYTHING)
                        .deleted())
                .isEqualTo(found);

        assertThat(document("1.0.0")).isEqualTo(before);
        assertThat(registry.artifacts("iris:1.0.0")
                        .open(ArtifactPath.of("m.bin"))
                        .readAllBytes())
                .isEqualTo(bytes("sealed"));
        assertThat(keys()).contains("models/iris/1.0.0_att/scan/x");
        assertThat(versions.collect(target("1.0.0"), COLLECTOR, CollectionScope.EVERYTHING))
                .isEqualTo(Collected.NOTHING);
    }

    @Test
    void aFileThatTheManifestDoesNotNameGoes() throws IOException {
        register("1.0.0", "sealed");
        node.write(StorageKey.of("models/iris/1.0.0/aux.txt"), Content.of(bytes("x")), WriteCondition.unconditional());

        assertThat(versions.collect(target("1.0.0"), COLLECTOR, CollectionScope.EVERYTHING)
                        .deleted())
                .containsExactly(new Garbage("models/iris/1.0.0/aux.txt", 1, Reason.NOT_IN_MANIFEST));
    }

    @Test
    void whatIsYoungOrNotApprovedStays() throws IOException {
        uploadOf("1.0.0").close();
        CollectionScope old = new CollectionScope(Instant.EPOCH, key -> true);
        CollectionScope other = new CollectionScope(Instant.MAX, key -> false);

        assertThat(versions.collect(target("1.0.0"), COLLECTOR, old)).isEqualTo(Collected.NOTHING);
        assertThat(versions.collect(target("1.0.0"), COLLECTOR, other)).isEqualTo(Collected.NOTHING);

        assertThat(document("1.0.0")).isInstanceOf(VersionDocument.Claimed.class);
    }

    @Test
    void aPageOfACommitThatDidNotTakePlaceGoesBehindANewRevision() throws IOException {
        for (int i = 0; i < 65; i++) {
            register("1.0." + i, "content " + i);
        }
        StorageKey orphan = IRIS.page("0123-orphan-1");
        node.write(orphan, Content.of(bytes("{}")), WriteCondition.ifAbsent());
        long revision = registry.getModel("iris").revision();

        Collected collected = pages.collect(IRIS, new Call(COLLECTOR, "tidy"), CollectionScope.EVERYTHING);

        assertThat(collected)
                .isEqualTo(new Collected(List.of(new Garbage(orphan.value(), 2, Reason.UNNAMED_PAGE)), false));
        assertThat(node.find(orphan)).isEmpty();
        List<RegistryEvent> history = registry.history("iris").all();
        RegistryEvent last = history.get(history.size() - 1);
        assertThat(last.revision()).isEqualTo(revision + 1);
        assertThat(last.change()).isEqualTo(new Change.PagesCollected(1));
        assertThat(registry.get("iris:1.0.3").summary().sequence()).isEqualTo(4);
        assertThat(pages.collect(IRIS, new Call(COLLECTOR, ""), CollectionScope.EVERYTHING))
                .isEqualTo(Collected.NOTHING);
        assertThat(registry.getModel("iris").revision()).isEqualTo(revision + 1);
    }

    @Test
    void theCollectionOfPagesGivesUpWhenTheHeadMovesOn() throws IOException {
        register("1.0.0", "one");
        StorageKey orphan = IRIS.page("0123-orphan-1");
        node.write(orphan, Content.of(bytes("{}")), WriteCondition.ifAbsent());
        CollectionScope meanwhile = new CollectionScope(Instant.MAX, key -> {
            register("1.0.1", "two");
            return true;
        });

        assertThat(pages.collect(IRIS, new Call(COLLECTOR, ""), meanwhile)).isEqualTo(Collected.OUTRUN);

        assertThat(node.find(orphan)).isPresent();
        assertThat(registry.history("iris").all()).hasSize(2);
    }

    @Test
    void aNoteOnTheContentOfAVersionThatIsNotPublishedGoesAndThoseOfUseStay() throws IOException {
        registry.register(Registration.of("iris")
                .version("1.0.0")
                .file("m.bin", new byte[100_000])
                .build());
        StorageKey used =
                node.list(IRIS.folder(ModelKeys.CONTENTS), null, 1).get(0).key();
        HoldingStore notes = new HoldingStore(node);
        String sample = HoldingStore.sample(new ByteArrayInputStream(bytes("x")), 1);
        notes.remember(IRIS, sample, Digest.sha256(bytes("x")), ModelVersion.parse("7.0.0"));
        notes.remember(IRIS, sample, Digest.sha256(bytes("y")), ModelVersion.parse("1.0.0"));
        StorageKey unpublished = IRIS.content(sample, Digest.sha256(bytes("x")));
        StorageKey damaged = IRIS.content(sample, Digest.sha256(bytes("z")));
        node.write(damaged, Content.of(bytes("{}")), WriteCondition.ifAbsent());
        StorageKey foreign = IRIS.root().key(ModelKeys.CONTENTS + "/notes.txt");
        node.write(foreign, Content.of(bytes("z")), WriteCondition.ifAbsent());
        GarbageCollector collector = new GarbageCollector(node, environment);
        assertThat(collector.plan(Instant.EPOCH).garbage()).isEmpty();

        CollectionPlan plan = collector.plan(Instant.MAX);

        assertThat(plan.garbage())
                .allMatch(garbage -> garbage.reason() == Reason.UNPUBLISHED_CONTENT)
                .extracting(Garbage::key)
                .containsExactlyInAnyOrder(unpublished.value(), damaged.value());
        register("7.0.0", "published meanwhile");
        assertThat(collector.collect(plan, new Call(COLLECTOR, "")).deleted())
                .extracting(Garbage::key)
                .containsExactly(damaged.value());
        assertThat(keys())
                .contains(used.value(), unpublished.value(), foreign.value())
                .doesNotContain(damaged.value());
    }

    @Test
    void notesOfAModelWhoseHeadIsLostStay() throws IOException {
        registry.register(
                Registration.of("iris").file("m.bin", new byte[100_000]).build());
        register("2.0.0", "two");
        node.delete(IRIS.head());

        CollectionPlan plan = new GarbageCollector(node, environment).plan(Instant.MAX);

        assertThat(plan.garbage()).isEmpty();
        assertThat(plan.skipped()).containsExactly(IRIS.head().value());
    }
}
