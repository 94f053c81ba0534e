package io.modelregistry.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentState.Follow;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.maintenance.Finding.Severity;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What maintenance makes of the documents of deployments. */
class DeploymentVerificationTest {
    private final InMemoryStorageNode node = new InMemoryStorageNode();

    @BeforeEach
    void fill() throws IOException {
        SampleRegistry.fill(node);
        try (ModelRegistry registry = SampleRegistry.open(node)) {
            for (String name : List.of("fraud", "fraud-2")) {
                DeploymentName deployment = DeploymentName.parse(name);
                for (int change = 0; change < 3; change++) {
                    change(registry.deployments(), deployment, "1." + change + ".0");
                }
                registry.deployments().report(deployment, status());
            }
        }
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static void change(DeploymentStore store, DeploymentName name, String version) {
        PinnedVersion pinned =
                new PinnedVersion(ModelName.parse("iris"), ModelVersion.parse(version), Digest.sha256(new byte[] {1}));
        DeploymentState state = DeploymentState.serving(
                ModelRef.parse("iris@production"), Follow.STAY, RolloutPlan.immediate(), Traffic.all("s", pinned));
        store.change(
                name,
                "wanted",
                present -> Optional.of(new DeploymentStore.Change(state, DeploymentAction.SWAPPED, pinned.toString())));
    }

    private static InstanceStatus status() {
        return new InstanceStatus(
                "host-1",
                1,
                3,
                SampleRegistry.CLOCK.instant(),
                InstanceStatus.Health.SERVING,
                "",
                1,
                List.of(),
                Optional.empty(),
                new TreeMap<>());
    }

    private List<Finding> found(Severity severity) {
        return RegistryMaintenance.over(node).verify().findings(severity);
    }

    private void put(StorageKey key, byte[] bytes) throws IOException {
        node.write(key, Content.of(bytes), WriteCondition.unconditional());
    }

    private Map<String, String> documents() {
        return Snapshot.of(node).objects().subMap("deployments/", "deployments0");
    }

    @Test
    void soundDeploymentsHaveNoFindingsAndAreNoGarbage() {
        assertThat(found(Severity.DAMAGE)).isEmpty();
        assertThat(found(Severity.WARNING)).isEmpty();
        assertThat(documents()).hasSize(8);
        assertThat(RegistryMaintenance.over(node).planCollection(Duration.ZERO).garbage())
                .noneMatch(garbage -> garbage.key().startsWith("deployments/"));
    }

    @Test
    void everyFlippedCutOrMissingDocumentIsNamed() throws IOException {
        for (Map.Entry<String, String> document : documents().entrySet()) {
            StorageKey key = StorageKey.of(document.getKey());
            byte[] sound = document.getValue().getBytes(StandardCharsets.ISO_8859_1);
            for (int position : new int[] {0, sound.length / 3, sound.length / 2, sound.length - 1}) {
                byte[] flipped = sound.clone();
                flipped[position] ^= 1;
                put(key, flipped);
                assertDamaged(key);
            }
            put(key, new byte[0]);
            assertDamaged(key);
            node.delete(key);
            boolean mayBeMissing = document.getKey().contains("/status/");
            if (!mayBeMissing) {
                assertDamaged(key);
            }
            put(key, sound);
        }
        assertThat(found(Severity.DAMAGE)).isEmpty();
    }

    private void assertDamaged(StorageKey key) {
        assertThat(found(Severity.DAMAGE))
                .as(key.value())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.key()).isEqualTo(key.value()));
    }

    @Test
    void documentsInThePlaceOfOthersAreNamed() throws IOException {
        String head = "deployments/fraud/config.json";
        put(
                StorageKey.of("deployments/fraud/_history/0000000003.json"),
                bytes("deployments/fraud/_history/0000000002.json"));
        put(
                StorageKey.of("deployments/fraud/_history/0000000009.json"),
                bytes("deployments/fraud/_history/0000000002.json"));
        put(StorageKey.of("deployments/fraud/status/host-2.json"), bytes("deployments/fraud/status/host-1.json"));
        put(StorageKey.of("deployments/fraud/notes.txt"), bytes(head));
        put(StorageKey.of("deployments/Notes/config.json"), bytes(head));
        put(StorageKey.of("deployments/notes.txt"), bytes(head));

        assertThat(found(Severity.DAMAGE))
                .extracting(Finding::key)
                .containsExactlyInAnyOrder(
                        "deployments/fraud/_history/0000000003.json",
                        "deployments/fraud/_history/0000000009.json",
                        "deployments/fraud/status/host-2.json");
        assertThat(found(Severity.WARNING))
                .extracting(Finding::key)
                .containsExactlyInAnyOrder(
                        "deployments/fraud/notes.txt", "deployments/Notes/config.json", "deployments/notes.txt");
    }

    @Test
    void theHeadAndTheHistoryOfAnotherDeploymentAreNamed() throws IOException {
        for (String document : List.of("config.json", "_history/0000000001.json", "_history/0000000002.json")) {
            put(StorageKey.of("deployments/other/" + document), bytes("deployments/fraud/" + document));
        }

        assertThat(found(Severity.DAMAGE))
                .extracting(Finding::key)
                .containsExactlyInAnyOrder(
                        "deployments/other/config.json",
                        "deployments/other/_history/0000000001.json",
                        "deployments/other/_history/0000000002.json");
    }

    private byte[] bytes(String key) throws IOException {
        return node.readAll(StorageKey.of(key));
    }

    /** A copy takes models only. */
    @Test
    void copiesLeaveDeploymentsBehind() {
        try (InMemoryStorageNode target = new InMemoryStorageNode()) {
            RegistryMaintenance.over(node).copyTo(target);

            assertThat(Snapshot.of(target).objects().keySet()).noneMatch(key -> key.startsWith("deployments/"));
            assertThat(RegistryMaintenance.over(target).verify().isSound()).isTrue();
        }
    }
}
