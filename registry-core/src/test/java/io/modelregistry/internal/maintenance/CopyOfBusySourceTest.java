package io.modelregistry.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.maintenance.CopyReport;
import io.modelregistry.maintenance.CopyReport.CopiedModel;
import io.modelregistry.maintenance.Finding;
import io.modelregistry.maintenance.IncompleteCopyException;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies a model whose version table has pages, while it changes, and again after it changed. */
class CopyOfBusySourceTest {
    private static final ModelName MANY = ModelName.parse("many");
    private static final ModelKeys KEYS = ModelKeys.of(MANY);
    private static final int VERSIONS = 130;

    private final InMemoryStorageNode source = new InMemoryStorageNode();
    private final InMemoryStorageNode target = new InMemoryStorageNode();

    @BeforeEach
    void fill() {
        try (ModelRegistry registry = SampleRegistry.open(source)) {
            for (int i = 0; i < VERSIONS; i++) {
                SampleRegistry.register(registry, "many", "1.0." + i, "content " + i);
                registry.attachments("many:1.0." + i)
                        .add("evaluation", "text/plain", SampleRegistry.bytes("score " + i));
            }
        }
    }

    private static void annotate(ModelRegistry registry, int from, int to, String notes) {
        for (int i = from; i < to; i++) {
            registry.edit("many")
                    .overlay(
                            ModelRef.parse("many:1.0." + i),
                            ExpectedRevision.any(),
                            overlay -> overlay.withNotes(notes));
        }
    }

    /** Replaces pages of the version table, and deletes those that were replaced. */
    private void replacePages(String idPrefix) {
        try (ModelRegistry registry = SampleRegistry.open(source, idPrefix)) {
            annotate(registry, 0, 40, idPrefix);
        }
        RegistryMaintenance maintenance = RegistryMaintenance.over(source);
        assertThat(maintenance
                        .collectGarbage(maintenance.planCollection(Duration.ZERO))
                        .deleted())
                .isNotEmpty();
    }

    private static RegistryMaintenance maintenance(SpyingNode node) {
        return RegistryMaintenance.over(node).with(SampleRegistry.CLOCK, SampleRegistry.ids("copy"));
    }

    private static boolean isPage(StorageKey key) {
        return KEYS.folder(ModelKeys.PAGES).contains(key);
    }

    @Test
    void pagesThatAreReplacedAndCollectedMeanwhileMakeTheCopyBeginAgain() throws IOException {
        for (int page = 1; page <= 6; page++) {
            int when = page;
            List<StorageKey> pages = new ArrayList<>();
            SpyingNode busy = new SpyingNode(source, key -> {
                if (isPage(key)) {
                    pages.add(key);
                    if (pages.size() == when) {
                        replacePages("busy" + when);
                    }
                }
            });
            InMemoryStorageNode fresh = new InMemoryStorageNode();
            CopyReport report = maintenance(busy).copyTo(fresh);
            assertThat(pages.size()).isGreaterThanOrEqualTo(when);
            assertThat(report.models())
                    .extracting(CopiedModel::name, CopiedModel::versions)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(MANY, (long) VERSIONS));
            assertThat(RegistryMaintenance.over(fresh).verify().findings())
                    .allMatch(finding -> finding.kind() == Finding.Kind.LEFTOVER);
            assertThat(RegistryMaintenance.over(fresh).verify().isSound()).isTrue();
        }
    }

    @Test
    void aPageThatIsLostIsNamed() throws IOException {
        StorageKey page =
                source.list(KEYS.folder(ModelKeys.PAGES), null, 1).get(0).key();
        source.delete(page);
        assertThatThrownBy(() -> RegistryMaintenance.over(source).copyTo(target))
                .isInstanceOf(IncompleteCopyException.class)
                .hasMessageContaining("Cannot trust '" + page + "': it is missing");
    }

    @Test
    void aCopyOfOneChangeReadsWhatIsNew() throws IOException {
        RegistryMaintenance.over(source).copyTo(target);
        try (ModelRegistry registry = SampleRegistry.open(source, "new")) {
            registry.aliases("many").set("champion", "1.0.3");
            registry.attachments("many:1.0.7").add("scan", "text/plain", SampleRegistry.bytes("clean"));
        }
        List<StorageKey> ofSource = new ArrayList<>();
        List<StorageKey> ofTarget = new ArrayList<>();

        maintenance(new SpyingNode(source, ofSource::add)).copyTo(new SpyingNode(target, ofTarget::add));

        assertThat(SampleRegistry.texts(target)).isEqualTo(SampleRegistry.texts(source));
        assertThat(ofSource)
                .as("of the source")
                .hasSizeLessThan(20)
                .anyMatch(key -> key.value().contains("1.0.7_att"));
        assertThat(ofTarget).as("of the target").hasSizeLessThan(20);
    }

    @Test
    void aCopyOfReplacedPagesTakesWhatWasAttachedSince() throws IOException {
        RegistryMaintenance.over(source).copyTo(target);
        try (ModelRegistry registry = SampleRegistry.open(source, "new")) {
            for (int i = 0; i < 40; i++) {
                registry.attachments("many:1.0." + i).add("scan", "text/plain", SampleRegistry.bytes("clean " + i));
            }
            SampleRegistry.register(registry, "many", "2.0.0", "two");
        }
        List<StorageKey> ofTarget = new ArrayList<>();

        RegistryMaintenance.over(source).copyTo(new SpyingNode(target, ofTarget::add));

        assertThat(SampleRegistry.everythingReadFrom(target)).isEqualTo(SampleRegistry.everythingReadFrom(source));
        assertThat(RegistryMaintenance.over(target).verify().isSound()).isTrue();
        assertThat(ofTarget)
                .as("what was attached before is not read again")
                .noneMatch(key -> key.value().contains("_att/evaluation/"));
    }
}
