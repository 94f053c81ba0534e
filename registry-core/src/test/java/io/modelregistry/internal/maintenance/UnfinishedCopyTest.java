package io.modelregistry.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.event.Change;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.maintenance.FaultyNode.Fault;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.maintenance.CollectionReport;
import io.modelregistry.maintenance.CopyRefusedException;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.maintenance.Garbage.Reason;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A source dies in the middle of a copy, and its target takes over. */
class UnfinishedCopyTest {
    private static final ModelKeys IRIS = ModelKeys.of(ModelName.parse("iris"));
    private static final ModelKeys MOODS = ModelKeys.of(ModelName.parse("nlp/sentiment"));

    private final InMemoryStorageNode source = new InMemoryStorageNode();
    private final InMemoryStorageNode target = new InMemoryStorageNode();

    @BeforeEach
    void dieBeforeTheHead() throws IOException {
        SampleRegistry.fill(source);
        copy(source, target);
        try (ModelRegistry registry = SampleRegistry.open(source, "later")) {
            registry.promote("iris:1.0.0", Stage.NONE);
            registry.promote("iris:1.0.0", Stage.STAGING);
            registry.promote("iris:1.0.0", Stage.PRODUCTION);
            SampleRegistry.register(registry, "iris", "6.0.0", "six");
        }
        int beforeTheHead = 7; // Claim, file, manifest, events 8 to 11.
        FaultyNode dying = new FaultyNode(target, beforeTheHead + 1, Fault.DEAD_FROM_THEN_ON);
        assertThatThrownBy(() -> copy(source, dying)).hasMessageContaining("the disk is full");
        assertThat(keysOf(target)).contains(IRIS.history(11).value());
    }

    private static void copy(StorageNode from, StorageNode to) {
        RegistryMaintenance.over(from)
                .with(SampleRegistry.CLOCK, SampleRegistry.ids("copy"))
                .copyTo(to);
    }

    private static CollectionReport endCopies(StorageNode node) {
        return RegistryMaintenance.over(node)
                .with(SampleRegistry.CLOCK, SampleRegistry.ids("end"))
                .endCopies();
    }

    private static List<String> keysOf(StorageNode node) throws IOException {
        return List.copyOf(SampleRegistry.objects(node).keySet());
    }

    private static InMemoryStorageNode twinOf(StorageNode node) throws IOException {
        InMemoryStorageNode twin = new InMemoryStorageNode();
        for (Map.Entry<String, byte[]> object : SampleRegistry.objects(node).entrySet()) {
            twin.write(StorageKey.of(object.getKey()), Content.of(object.getValue()), WriteCondition.ifAbsent());
        }
        return twin;
    }

    private static void commitThrice(StorageNode node) throws IOException {
        try (ModelRegistry registry = SampleRegistry.open(node, "takeover")) {
            registry.aliases("iris").set("one", "1.0.0");
            registry.aliases("iris").set("two", "1.0.0");
            SampleRegistry.register(registry, "iris", "6.0.0", "six");
            SampleRegistry.register(registry, "iris", "7.0.0", "seven");
        }
        assertThat(RegistryMaintenance.over(node).verify().findings()).isEmpty();
    }

    @Test
    void aTargetTakesOverOnceTheCopiesIntoItAreEnded() throws IOException {
        CollectionReport report = endCopies(target);

        assertThat(report.left()).isEmpty();
        assertThat(report.deleted())
                .allMatch(garbage -> garbage.reason() == Reason.UNFINISHED_COPY)
                .extracting(Garbage::key)
                .containsExactly(
                        IRIS.history(9).value(),
                        IRIS.history(10).value(),
                        IRIS.history(11).value());
        try (ModelRegistry registry = SampleRegistry.open(target, "reader")) {
            assertThat(registry.history("iris").all()).hasSize(9).last().satisfies(event -> {
                assertThat(event.change()).isEqualTo(new Change.PagesCollected(0));
                assertThat(event.reason()).isEqualTo("an unfinished copy was ended");
            });
        }
        commitThrice(target);
        assertThat(endCopies(target)).isEqualTo(new CollectionReport(List.of(), List.of()));
    }

    @Test
    void aTargetThatWasAlreadyChangedIsMended() throws IOException {
        try (ModelRegistry registry = SampleRegistry.open(target, "takeover")) {
            registry.aliases("iris").set("zero", "1.0.0");
            assertThatThrownBy(() -> registry.aliases("iris").set("one", "1.0.0"))
                    .isInstanceOf(CorruptionException.class)
                    .hasMessageContaining("it is not the event that the head carries");
        }

        endCopies(target);

        commitThrice(target);
    }

    @Test
    void anEndThatIsInterruptedIsMadeAgain() throws IOException {
        FaultyNode counting = new FaultyNode(twinOf(target), Integer.MAX_VALUE, Fault.DEAD_FROM_THEN_ON);
        endCopies(counting);
        for (Fault fault : Fault.values()) {
            for (int write = 1; write <= counting.writes(); write++) {
                InMemoryStorageNode twin = twinOf(target);
                FaultyNode faulty = new FaultyNode(twin, write, fault);
                if (fault == Fault.DEAD_FROM_THEN_ON) {
                    assertThatThrownBy(() -> endCopies(faulty)).hasMessageContaining("the disk is full");
                } else {
                    endCopies(faulty);
                }
                assertThat(faulty.hasFailed()).isTrue();
                endCopies(twin);
                commitThrice(twin);
            }
        }
    }

    @Test
    void aCopyThatGoesOnAllTheSameIsRefused() throws IOException {
        endCopies(target);

        assertThatThrownBy(() -> copy(source, target))
                .isInstanceOf(CopyRefusedException.class)
                .hasMessageContaining("has another history: its revision 9 is not the source's");

        commitThrice(target);
    }

    @Test
    void whatHasNoHeadIsLeftAsItMayHaveLostIt() throws IOException {
        target.delete(MOODS.head());

        CollectionReport report = endCopies(target);

        assertThat(report.deleted()).hasSize(3);
        assertThat(report.left())
                .extracting(Garbage::key)
                .containsExactly(MOODS.history(1).value());
        assertThat(target.find(MOODS.history(1))).isPresent();
    }

    @Test
    void aStoreIntoWhichNothingWasCopiedStaysAsItIs() throws IOException {
        Map<String, String> before = SampleRegistry.texts(source);

        assertThat(endCopies(source)).isEqualTo(new CollectionReport(List.of(), List.of()));

        assertThat(SampleRegistry.texts(source)).isEqualTo(before);
    }
}
