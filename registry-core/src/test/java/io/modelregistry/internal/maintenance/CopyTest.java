package io.modelregistry.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.internal.maintenance.FaultyNode.Fault;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.maintenance.CopyRefusedException;
import io.modelregistry.maintenance.CopyReport;
import io.modelregistry.maintenance.CopyReport.CopiedModel;
import io.modelregistry.maintenance.Finding;
import io.modelregistry.maintenance.Finding.Severity;
import io.modelregistry.maintenance.IncompleteCopyException;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CopyTest {
    private static final ModelName IRIS = ModelName.parse("iris");

    private final InMemoryStorageNode source = new InMemoryStorageNode();
    private final InMemoryStorageNode target = new InMemoryStorageNode();

    @BeforeEach
    void fill() throws IOException {
        SampleRegistry.fill(source);
    }

    private static CopyReport copy(StorageNode from, StorageNode to) {
        return RegistryMaintenance.over(from)
                .with(SampleRegistry.CLOCK, SampleRegistry.ids("copy"))
                .copyTo(to);
    }

    /** What is published of a store; its leftovers are not copied. */
    private static Map<String, String> published(StorageNode node) throws IOException {
        Map<String, String> texts = new TreeMap<>(SampleRegistry.texts(node));
        RegistryMaintenance.over(node)
                .verify()
                .findings(Severity.INFORMATION)
                .forEach(finding -> texts.remove(finding.key()));
        return texts;
    }

    @Test
    void copiesEverythingThatIsPublishedByteForByte() throws IOException {
        SampleRegistry.addUnpublished(source);
        Map<String, String> expected = published(source);
        expected.remove("models/iris/5.0.0/m.bin"); // Its document is not published, and was removed above.

        CopyReport report = copy(source, target);

        assertThat(SampleRegistry.texts(target)).isEqualTo(expected);
        assertThat(report.models())
                .containsExactly(
                        new CopiedModel(IRIS, 0, 8, 3), new CopiedModel(ModelName.parse("nlp/sentiment"), 0, 2, 1));
        assertThat(SampleRegistry.everythingReadFrom(target)).isEqualTo(SampleRegistry.everythingReadFrom(source));
        assertThat(RegistryMaintenance.over(target).verify().findings()).isEmpty();
        CopyReport again = copy(source, target);
        assertThat(again.objects()).isZero();
        assertThat(again.models()).allMatch(CopiedModel::wasUpToDate);
    }

    @Test
    void aCopyGoesOnAsARegistryOfItsOwn() throws IOException {
        copy(source, target);
        try (ModelRegistry registry = SampleRegistry.open(target)) {
            registry.promote("iris:1.0.0", Stage.NONE);
            SampleRegistry.register(registry, "iris", "9.0.0", "nine");
            assertThat(registry.history("iris").all()).hasSize(10);
        }
        assertThat(RegistryMaintenance.over(target).verify().findings()).isEmpty();
    }

    @Test
    void anEarlierStateIsBroughtUpToDate() throws IOException {
        copy(source, target);
        try (ModelRegistry registry = SampleRegistry.open(source)) {
            SampleRegistry.register(registry, "iris", "6.0.0", "six");
            registry.attachments("iris:1.0.0").add("scan", "text/plain", SampleRegistry.bytes("clean"));
        }

        CopyReport report = copy(source, target);

        assertThat(published(target)).isEqualTo(published(source));
        assertThat(report.models().get(0)).isEqualTo(new CopiedModel(IRIS, 8, 10, 1));
        assertThat(report.objects())
                .as("file, manifest, attachment, two events, head")
                .isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aCopyThatIsInterruptedAtAnyWriteIsResumed(Fault fault) throws IOException {
        Map<String, String> expected = published(source);
        int writes = countWrites();
        boolean failed = true;
        for (int write = 1; failed; write++) {
            InMemoryStorageNode interrupted = new InMemoryStorageNode();
            FaultyNode faulty = new FaultyNode(interrupted, write, fault);
            if (fault == Fault.DEAD_FROM_THEN_ON && write <= writes) {
                assertThatThrownBy(() -> copy(source, faulty))
                        .isInstanceOf(RegistryException.class)
                        .hasMessageContaining("the disk is full");
            } else {
                copy(source, faulty);
            }
            failed = faulty.hasFailed();
            assertIsNotDamaged(interrupted, "write " + write);
            copy(source, interrupted);
            assertThat(SampleRegistry.texts(interrupted)).as("write " + write).isEqualTo(expected);
        }
    }

    private int countWrites() throws IOException {
        FaultyNode counting = new FaultyNode(new InMemoryStorageNode(), Integer.MAX_VALUE, Fault.DEAD_FROM_THEN_ON);
        copy(source, counting);
        return counting.writes();
    }

    /** A model that is not there yet has no head; all else must be as it was written. */
    private static void assertIsNotDamaged(StorageNode node, String when) {
        assertThat(RegistryMaintenance.over(node).verify().findings(Severity.DAMAGE))
                .as(when)
                .allMatch(finding ->
                        finding.kind() == Finding.Kind.MISSING && finding.key().endsWith("/_model.json"));
    }

    @Test
    void aModelThatIsBroughtUpToDateIsReadAsItWasUntilItIsReadAsItIs() throws IOException {
        copy(source, target);
        Map<String, String> before = SampleRegistry.texts(target);
        String seenBefore = SampleRegistry.everythingReadFrom(target);
        try (ModelRegistry registry = SampleRegistry.open(source)) {
            SampleRegistry.register(registry, "iris", "6.0.0", "six");
            registry.promote("iris:6.0.0", Stage.PRODUCTION);
        }
        String seenAfter = SampleRegistry.everythingReadFrom(source);
        for (int write = 1; write <= 7; write++) {
            InMemoryStorageNode old = new InMemoryStorageNode();
            for (Map.Entry<String, byte[]> object :
                    SampleRegistry.objects(target).entrySet()) {
                old.write(
                        StorageKey.of(object.getKey()), Content.of(object.getValue()), WriteCondition.unconditional());
            }
            assertThat(SampleRegistry.texts(old)).isEqualTo(before);
            FaultyNode faulty = new FaultyNode(old, write, Fault.DEAD_FROM_THEN_ON);
            if (write < 7) {
                assertThatThrownBy(() -> copy(source, faulty)).hasMessageContaining("the disk is full");
            } else {
                copy(source, faulty);
            }
            assertThat(SampleRegistry.everythingReadFrom(old)).isEqualTo(write < 7 ? seenBefore : seenAfter);
            assertThat(RegistryMaintenance.over(old).verify().isSound()).isTrue();
            copy(source, old);
            assertThat(published(old)).isEqualTo(published(source));
        }
    }

    /** Copies, expects a refusal, and that the target is as it was. */
    private void assertRefused(String key, String why) throws IOException {
        Map<String, String> before = SampleRegistry.texts(target);
        assertThatThrownBy(() -> copy(source, target))
                .isInstanceOfSatisfying(CopyRefusedException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
                    assertThat(refused.isRetryable()).isFalse();
                    assertThat(refused.key()).isEqualTo(key);
                })
                .hasMessageContaining("in the target, '" + key + "' " + why)
                .hasMessageEndingWith("expected nothing there or an earlier state of the same model");
        assertThat(SampleRegistry.texts(target)).isEqualTo(before);
    }

    private void put(String key, String content) throws IOException {
        target.write(StorageKey.of(key), Content.of(SampleRegistry.bytes(content)), WriteCondition.unconditional());
    }

    @Test
    void anotherModelOfThatNameIsRefused() throws IOException {
        try (ModelRegistry registry = SampleRegistry.open(target, "other")) {
            SampleRegistry.register(registry, "nlp/sentiment", "1.0.0", "other");
        }
        assertRefused("models/nlp/sentiment/_model.json", "is the head of another model of this name, with id other");
    }

    @Test
    void anotherHistoryOfTheSameModelIsRefused() throws IOException {
        copy(source, target);
        try (ModelRegistry registry = SampleRegistry.open(target, "other")) {
            registry.promote("iris:1.0.0", Stage.NONE);
        }
        assertRefused("models/iris/_model.json", "is at revision 9, and the source at 8");
        try (ModelRegistry registry = SampleRegistry.open(source)) {
            registry.promote("iris:1.0.0", Stage.NONE);
        }
        assertRefused("models/iris/_model.json", "has another history: its revision 9 is not the source's");
        try (ModelRegistry registry = SampleRegistry.open(source)) {
            registry.promote("iris:1.0.0", Stage.STAGING);
        }
        assertRefused("models/iris/_model.json", "has another history: its revision 9 is not the source's");
    }

    @Test
    void anotherFileAnotherEventAnotherClaimAndAVoidAreRefused() throws IOException {
        put("models/iris/1.1.0/m.bin", "tvo");
        assertRefused("models/iris/1.1.0/m.bin", "is a file with other content");
        put("models/iris/1.1.0/m.bin", "two");
        put("models/iris/_history/0000000003.json", "{}");
        assertRefused("models/iris/_history/0000000003.json", "is another event");
        target.delete(StorageKey.of("models/iris/_history/0000000003.json"));
        put("models/iris/_history/0000000099.json", "{}");
        assertRefused("models/iris/_history/0000000099.json", "is an event that the source does not have");
        target.delete(StorageKey.of("models/iris/_history/0000000099.json"));
        put("models/iris/1.0.0_att/evaluation/" + evaluation(), "{}");
        assertRefused("models/iris/1.0.0_att/evaluation/" + evaluation(), "is a file with other content");
        target.delete(StorageKey.of("models/iris/1.0.0_att/evaluation/" + evaluation()));
        try (ModelRegistry registry = SampleRegistry.open(target, "other")) {
            SampleRegistry.abandon(registry, "iris", "1.1.0");
        }
        put("models/iris/1.1.0/m.bin", "two");
        assertRefused("models/iris/1.1.0_meta.json", "decides the version otherwise");
    }

    private String evaluation() throws IOException {
        return source.list(KeyPrefix.of("models/iris/1.0.0_att"), null, 10)
                .get(0)
                .key()
                .name();
    }

    @Test
    void aChangeInTheTargetMeanwhileIsKeptAndTheCopyTakenBack() throws IOException {
        copy(source, target);
        try (ModelRegistry registry = SampleRegistry.open(source)) {
            registry.promote("iris:1.0.0", Stage.NONE);
            registry.promote("iris:1.0.0", Stage.STAGING);
            registry.promote("iris:1.0.0", Stage.PRODUCTION);
        }
        FaultyNode busy = new FaultyNode(target, 4, Fault.DEAD_FROM_THEN_ON);
        assertThatThrownBy(() -> copy(source, busy)).hasMessageContaining("the disk is full");
        try (ModelRegistry registry = SampleRegistry.open(target, "other")) {
            registry.aliases("iris").set("other", "1.0.0");
        }

        assertThatThrownBy(() -> copy(source, target))
                .isInstanceOf(CopyRefusedException.class)
                .hasMessageContaining("has another history: its revision 9 is not the source's");

        try (ModelRegistry registry = SampleRegistry.open(target, "more")) {
            registry.aliases("iris").remove(Alias.of("other"));
            assertThat(registry.history("iris").all()).hasSize(10);
        }
        assertThat(RegistryMaintenance.over(target).verify().findings()).isEmpty();
    }

    @Test
    void aDamagedSourceIsNotCopied() throws IOException {
        for (Map.Entry<String, byte[]> object : SampleRegistry.objects(source).entrySet()) {
            StorageKey key = StorageKey.of(object.getKey());
            byte[] flipped = object.getValue().clone();
            if (flipped.length == 0) {
                continue; // It is its name.
            }
            flipped[flipped.length / 2] ^= 1;
            source.write(key, Content.of(flipped), WriteCondition.unconditional());
            InMemoryStorageNode fresh = new InMemoryStorageNode();
            if (key.value().equals("models/iris/2.0.0-rc.1/m.bin")) {
                copy(source, fresh); // Nothing names it.
            } else {
                assertThatThrownBy(() -> copy(source, fresh))
                        .as(key.value())
                        .satisfies(thrown -> assertThat(damageOf(thrown).key()).isEqualTo(key.value()));
                assertIsNotDamaged(fresh, "damaged " + key);
            }
            source.write(key, Content.of(object.getValue()), WriteCondition.unconditional());
        }
    }

    private static CorruptionException damageOf(Throwable thrown) {
        Throwable damage = thrown instanceof IncompleteCopyException ? thrown.getCause() : thrown;
        assertThat(damage).isInstanceOf(CorruptionException.class);
        return (CorruptionException) damage;
    }

    @Test
    void whatIsDamagedOrLostDoesNotKeepTheOthersFromBeingCopied() throws IOException {
        for (String damaged : List.of(
                "models/iris/_model.json", "models/iris/_history/0000000003.json", "models/iris/1.0.0_meta.json")) {
            StorageKey key = StorageKey.of(damaged);
            byte[] sound = source.readAll(key);
            for (boolean isLost : new boolean[] {true, false}) {
                source.delete(key);
                if (!isLost) {
                    source.write(key, Content.of(SampleRegistry.bytes("{}")), WriteCondition.ifAbsent());
                }
                InMemoryStorageNode fresh = new InMemoryStorageNode();
                assertThatThrownBy(() -> copy(source, fresh))
                        .isInstanceOfSatisfying(IncompleteCopyException.class, incomplete -> {
                            assertThat(incomplete.code()).isEqualTo(ErrorCode.UNTRUSTED);
                            assertThat(incomplete.failures()).containsOnlyKeys(IRIS);
                            assertThat(incomplete.report().models())
                                    .containsExactly(new CopiedModel(ModelName.parse("nlp/sentiment"), 0, 2, 1));
                        })
                        .hasMessageStartingWith("Cannot copy 'iris': Cannot trust '" + damaged + "': ")
                        .hasMessageEndingWith("; 1 other model was copied");
                assertThat(SampleRegistry.objects(fresh).keySet())
                        .contains("models/_meta/_registry.json", "models/nlp/sentiment/_model.json")
                        .doesNotContain("models/iris/_model.json");
                assertThat(RegistryMaintenance.over(source).verify().findings(Severity.DAMAGE))
                        .extracting(Finding::key)
                        .contains(damaged);
            }
            source.write(key, Content.of(sound), WriteCondition.unconditional());
            copy(source, target);
        }
    }

    @Test
    void aRegistryInWhichNothingWasRegisteredYetIsCopiedAsNothing() throws IOException {
        InMemoryStorageNode empty = new InMemoryStorageNode();
        assertThat(copy(empty, target)).isEqualTo(new CopyReport(List.of(), 0, 0));
        assertThat(SampleRegistry.objects(target)).isEmpty();
        assertThatThrownBy(() -> RegistryMaintenance.over(empty).copyTo(target, List.of(IRIS)))
                .isInstanceOf(ModelNotFoundException.class);
        source.delete(StorageKey.of("models/_meta/_registry.json"));
        assertThatThrownBy(() -> copy(source, target))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("'models/_meta/_registry.json': it is missing");
    }

    @Test
    void aHeadThatTheTargetCannotTakeIsRefusedByName() throws IOException {
        StorageNode narrow = new SpyingNode(new InMemoryStorageNode(), key -> {}) {
            @Override
            public long maxConditionalSize() {
                return 1500;
            }
        };
        assertThatThrownBy(() -> copy(source, narrow))
                .isInstanceOfSatisfying(IncompleteCopyException.class, incomplete -> {
                    assertThat(incomplete.code()).isEqualTo(ErrorCode.INVALID);
                    assertThat(incomplete.failures()).containsOnlyKeys(IRIS);
                })
                .hasMessageContaining("Cannot copy 'models/iris/_model.json': it has ")
                .hasMessageContaining("bytes, expected at most 1500, which is what the target replaces at once");
        assertThat(SampleRegistry.objects(narrow).keySet()).noneMatch(key -> key.startsWith("models/iris/"));
    }

    @Test
    void someModelsGoToARegistryOfItsOwnOrToNone() throws IOException {
        RegistryMaintenance maintenance = RegistryMaintenance.over(source);
        assertThatThrownBy(() -> maintenance.copyTo(target, List.of(IRIS, ModelName.parse("nobody"))))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("'nobody'");
        assertThat(SampleRegistry.objects(target)).isEmpty();

        maintenance.copyTo(target, List.of(IRIS));

        Map<String, String> texts = SampleRegistry.texts(target);
        assertThat(texts.remove("models/_meta/_registry.json"))
                .isNotEqualTo(SampleRegistry.texts(source).get("models/_meta/_registry.json"));
        assertThat(texts)
                .isNotEmpty()
                .allSatisfy((key, text) -> assertThat(key).matches("models/(_meta/names/default/iris|iris/.*)"));
        assertThat(RegistryMaintenance.over(target).verify().findings()).isEmpty();
    }

    @Test
    void pagesAreCopiedAndFollowed() throws IOException {
        try (ModelRegistry registry = SampleRegistry.open(source)) {
            for (int i = 0; i < 130; i++) {
                SampleRegistry.register(registry, "many", "1.0." + i, "content " + i);
            }
        }
        copy(source, target);
        assertThat(RegistryMaintenance.over(target).verify().findings()).isEmpty();
        assertThat(published(target)).isEqualTo(published(source));
    }

    @Test
    void progressIsHeardOfEveryObject() {
        List<String> heard = new ArrayList<>();
        CopyReport report = RegistryMaintenance.over(source)
                .reportingTo((key, objects, bytes) -> heard.add(objects + " " + key))
                .copyTo(target);
        assertThat(heard).hasSize((int) report.objects()).first().isEqualTo("1 models/_meta/_registry.json");
        assertThat(heard.get(heard.size() - 1)).isEqualTo(report.objects() + " models/nlp/sentiment/_model.json");
    }
}
