package io.modelregistry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.maintenance.Garbage;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What changes of versions that are in pages of the table is written into these pages before the head grows. */
class TableFoldingTest {
    /** Two levels of pages. */
    private static final int VERSIONS = 32 * 32 * 2 + 40;

    private static final StorageKey HEAD = StorageKey.of("models/iris/_model.json");

    private final StorageNode node = new InMemoryStorageNode();
    private final ModelRegistry registry = open();

    @AfterEach
    void close() {
        registry.close();
    }

    private ModelRegistry open() {
        return ModelRegistries.builder(node).leaveNodeOpen().open();
    }

    private void register(int versions) {
        for (int version = 0; version < versions; version++) {
            registry.register(Registration.of("iris")
                    .version("1.0." + version)
                    .file("m", new byte[] {(byte) version})
                    .build());
        }
    }

    private static ModelRef ref(int version) {
        return ModelRef.parse("iris:1.0." + version);
    }

    private void note(int version, String text) {
        registry.edit("iris").overlay(ref(version), ExpectedRevision.any(), overlay -> overlay.withNotes(text));
    }

    private int headBytes() throws IOException {
        return node.readAll(HEAD).length;
    }

    @Test
    void theHeadStaysSmallHoweverManyOldVersionsChangeAndNoChangeIsLost() throws IOException {
        register(VERSIONS);
        int before = headBytes();
        Random random = new Random(20261121);
        Map<Integer, String> notes = new TreeMap<>();
        Set<Integer> archived = new TreeSet<>();
        int promoted = -1;
        int largest = 0;
        for (int change = 0; change < 1_500; change++) {
            // Some in one page after the other, the others anywhere.
            int version = change < 500 ? change : random.nextInt(VERSIONS);
            if (change % 5 == 0 && !archived.contains(version) && version != promoted) {
                registry.promote("iris:1.0." + version, Stage.PRODUCTION);
                if (promoted >= 0) {
                    archived.add(promoted);
                }
                promoted = version;
            } else {
                notes.put(version, "note " + change);
                note(version, "note " + change);
            }
            largest = Math.max(largest, headBytes());
        }
        // 16 changes, the 16 latest of ARCHIVED and the one in PRODUCTION, each with its reference.
        assertThat(largest - before).isLessThan(20_000);
        try (ModelRegistry fresh = open()) {
            for (int version = 0; version < VERSIONS; version++) {
                RegisteredVersion read = fresh.get(ref(version));
                assertThat(read.overlay().notes()).isEqualTo(notes.getOrDefault(version, ""));
                assertThat(read.summary().stage())
                        .isEqualTo(
                                version == promoted
                                        ? Stage.PRODUCTION
                                        : archived.contains(version) ? Stage.ARCHIVED : Stage.NONE);
            }
            assertThat(fresh.rollbackTargets(ModelName.parse("iris"))).hasSizeGreaterThanOrEqualTo(16);
        }
    }

    @Test
    void pagesThatWereRewrittenAreCollectedAndReadersOfTheOldHeadGoOn() {
        register(6 * 32);
        try (ModelRegistry late = ModelRegistries.builder(node)
                .leaveNodeOpen()
                .freshness(Duration.ofHours(1))
                .open()) {
            assertThat(late.resolve("iris:1.0.191").sequence()).isEqualTo(192);
            for (int version = 0; version < 128; version++) {
                note(version, "seen");
            }
            RegistryMaintenance maintenance = RegistryMaintenance.over(node);
            assertThat(maintenance.verify().isSound()).isTrue();
            List<Garbage> garbage = maintenance.planCollection(Duration.ZERO).garbage();
            assertThat(garbage).isNotEmpty().extracting(Garbage::reason).containsOnly(Garbage.Reason.UNNAMED_PAGE);
            assertThat(maintenance
                            .collectGarbage(maintenance.planCollection(Duration.ZERO))
                            .deleted())
                    .hasSameSizeAs(garbage);
            assertThat(maintenance.verify().findings()).isEmpty();
            assertThat(late.get(ref(3)).overlay().notes()).isEqualTo("seen");
        }
    }

    @Test
    void aPageThatIsMissingIsSaidToBeByAChangeToo() throws IOException {
        register(4 * 32);
        for (int version = 0; version < 32; version++) {
            note(version, "seen");
        }
        List<ListedObject> pages = node.list(KeyPrefix.of("models/iris/_pages"), null, 10);
        for (ListedObject page : pages) {
            node.delete(page.key());
        }
        assertThatThrownBy(() -> {
                    try (ModelRegistry fresh = open()) {
                        fresh.edit("iris")
                                .overlay(ref(40), ExpectedRevision.any(), overlay -> overlay.withNotes("lost"));
                    }
                })
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("models/iris/_model.json")
                .hasMessageContaining("it names a page that does not exist");
    }
}
