package io.modelregistry.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocumentCodec;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.maintenance.Finding.Severity;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Loses or spoils any one document of a healthy store, collects, and expects everything published to be there still.
 */
class CollectionSafetyTest {
    private static final ModelKeys IRIS = ModelKeys.of(ModelName.parse("iris"));

    private SortedMap<String, byte[]> healthy = new TreeMap<>();
    private SortedMap<String, byte[]> published = new TreeMap<>();

    @BeforeEach
    void fill() throws IOException {
        InMemoryStorageNode node = new InMemoryStorageNode(SampleRegistry.CLOCK);
        SampleRegistry.fill(node);
        SampleRegistry.addUnpublished(node);
        try (ModelRegistry registry = SampleRegistry.open(node, "many")) {
            for (int i = 0; i < 70; i++) {
                SampleRegistry.register(registry, "many", "1.0." + i, "content " + i);
            }
            for (int i = 0; i < 64; i++) {
                registry.promote("many:1.0." + i, Stage.STAGING);
            }
            SampleRegistry.abandon(registry, "many", "1.0.70");
            registry.register(Registration.of("big")
                    .file("weights.bin", new byte[100_000])
                    .build());
        }
        healthy = SampleRegistry.objects(node);
        published = new TreeMap<>(healthy);
        RegistryMaintenance.over(node)
                .verify()
                .findings(Severity.INFORMATION)
                .forEach(finding -> published.remove(finding.key()));
        published.remove("models/iris/5.0.0/m.bin"); // Its version is sealed and was never published.
        published.keySet().removeIf(key -> key.contains("/" + ModelKeys.CONTENTS + "/")); // Nothing depends on them.
    }

    private static InMemoryStorageNode store(Map<String, byte[]> objects) throws IOException {
        InMemoryStorageNode node = new InMemoryStorageNode(SampleRegistry.CLOCK);
        for (Map.Entry<String, byte[]> object : objects.entrySet()) {
            node.write(StorageKey.of(object.getKey()), Content.of(object.getValue()), WriteCondition.ifAbsent());
        }
        return node;
    }

    private static CollectionReport collect(StorageNode node) {
        RegistryMaintenance maintenance = RegistryMaintenance.over(node)
                .with(Clock.offset(SampleRegistry.CLOCK, Duration.ofHours(2)), SampleRegistry.ids("c"));
        return maintenance.collectGarbage(maintenance.planCollection(Duration.ZERO));
    }

    /** Collects in a store that lacks an object, or has another one in its place. */
    private void collectWith(String key, Optional<byte[]> instead) throws IOException {
        SortedMap<String, byte[]> objects = new TreeMap<>(healthy);
        objects.remove(key);
        instead.ifPresent(bytes -> objects.put(key, bytes));
        try (StorageNode node = store(objects)) {
            collect(node);
            SortedMap<String, byte[]> left = SampleRegistry.objects(node);
            for (Map.Entry<String, byte[]> object : published.entrySet()) {
                if (!object.getKey().equals(key)) {
                    assertThat(left.containsKey(object.getKey()))
                            .as("'%s' with another '%s'", object.getKey(), key)
                            .isTrue();
                    if (!object.getKey().endsWith(ModelKeys.HEAD)) {
                        assertThat(left.get(object.getKey())).isEqualTo(object.getValue());
                    }
                }
            }
            boolean decides = key.endsWith(ModelKeys.META) || key.endsWith(ModelKeys.HEAD);
            if (decides && instead.isEmpty() && published.containsKey(key) && !key.startsWith("models/many/1")) {
                node.write(StorageKey.of(key), Content.of(healthy.get(key)), WriteCondition.unconditional());
                assertThat(RegistryMaintenance.over(node).verify().isSound())
                        .as("'%s' was put back", key)
                        .isTrue();
            }
        }
    }

    /** All objects but for versions and events in the middle of the large model, which are like those around them. */
    private List<String> unlike() {
        Pattern middle = Pattern.compile("models/many/(1\\.0\\.[1-5][0-9][/_]|_history/00000000[2-9]).*");
        List<String> unlike = healthy.keySet().stream()
                .filter(key -> !middle.matcher(key).matches())
                .toList();
        assertThat(unlike).hasSizeGreaterThan(80).contains("models/many/1.0.9_meta.json", "models/many/1.0.64/m.bin");
        return unlike;
    }

    @Test
    void withoutAnyOneObjectNothingThatWasPublishedGoes() throws IOException {
        for (String key : unlike()) {
            collectWith(key, Optional.empty());
        }
    }

    @Test
    void withAnyOneObjectSpoiltNothingThatWasPublishedGoes() throws IOException {
        for (String key : unlike()) {
            byte[] bytes = healthy.get(key);
            collectWith(key, Optional.of(Arrays.copyOf(bytes, bytes.length / 2)));
        }
    }

    @Test
    void withAClaimOrAnotherManifestInPlaceOfASealedOneNothingThatWasPublishedGoes() throws IOException {
        byte[] claim = VersionDocumentCodec.encode(new VersionDocument.Claimed(
                1, "old", Optional.empty(), Principal.user("ann"), SampleRegistry.CLOCK.instant()));
        byte[] other = healthy.get("models/many/1.0.69_meta.json");
        for (String key : unlike()) {
            if (key.endsWith(ModelKeys.META) && published.containsKey(key)) {
                collectWith(key, Optional.of(claim));
                collectWith(key, Optional.of(other));
            }
        }
    }

    @Test
    void whatAHealthyStoreDoesNotNeedGoes() throws IOException {
        try (StorageNode node = store(healthy)) {
            assertThat(collect(node).deleted())
                    .extracting(Garbage::key)
                    .contains("models/iris/2.0.0-rc.1/m.bin", "models/iris/3.0.0/m.bin", "models/many/1.0.70/m.bin")
                    .anyMatch(key -> key.startsWith("models/many/_pages/"));
            assertThat(SampleRegistry.objects(node).keySet()).containsAll(published.keySet());
            assertThat(RegistryMaintenance.over(node).verify().isSound()).isTrue();
        }
    }

    @Test
    void aPlanNamesTheLostDocumentThatItLeavesAlone() throws IOException {
        for (StorageKey lost : new StorageKey[] {
            StorageKey.of("models/iris/1.0.0_meta.json"), StorageKey.of("models/iris/2.0.0-rc.1_meta.json"), IRIS.head()
        }) {
            try (StorageNode node = store(healthy)) {
                node.delete(lost);
                CollectionPlan plan = RegistryMaintenance.over(node).planCollection(Duration.ZERO);
                assertThat(plan.skipped()).containsExactly(lost.value());
                assertThat(plan.garbage())
                        .extracting(Garbage::key)
                        .doesNotContain("models/iris/1.0.0/m.bin")
                        .contains("models/many/1.0.70/m.bin");
            }
        }
    }

    @Test
    void aDocumentThatIsLostAfterThePlanLeavesItsUnitAndTheOthersGo() throws IOException {
        try (StorageNode node = store(healthy)) {
            node.write(
                    StorageKey.of("models/iris/1.0.0/extra.txt"),
                    Content.of(SampleRegistry.bytes("x")),
                    WriteCondition.ifAbsent());
            RegistryMaintenance maintenance = RegistryMaintenance.over(node);
            CollectionPlan plan = maintenance.planCollection(Duration.ZERO);
            assertThat(plan.skipped()).isEmpty();
            node.delete(StorageKey.of("models/iris/1.0.0_meta.json"));

            CollectionReport report = maintenance.collectGarbage(plan);

            assertThat(report.left()).extracting(Garbage::key).containsExactly("models/iris/1.0.0/extra.txt");
            assertThat(report.deleted()).hasSize(plan.garbage().size() - 1);
            assertThat(SampleRegistry.objects(node).keySet()).contains("models/iris/1.0.0/m.bin");
        }
    }
}
