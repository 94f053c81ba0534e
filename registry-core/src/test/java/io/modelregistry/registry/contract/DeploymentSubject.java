package io.modelregistry.registry.contract;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentState.Follow;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.deployment.DeploymentStore.Change;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/** What the parts of the contract of deployments share: the store of a registry over an empty node. */
abstract class DeploymentSubject extends RegistrySubject {
    protected static final DeploymentName FRAUD = DeploymentName.parse("fraud");
    protected static final StorageKey HEAD = StorageKey.of("deployments/fraud/config.json");

    protected DeploymentStore store;

    @BeforeEach
    final void openStore() {
        store = registry.deployments();
    }

    protected static PinnedVersion version(String version) {
        return new PinnedVersion(name("fraud"), ModelVersion.parse(version), Digest.sha256(bytes(version)));
    }

    /** A deployment that sends everything to one version. */
    protected static DeploymentState serving(String version) {
        return DeploymentState.serving(
                ModelRef.parse("fraud@production"),
                Follow.FOLLOW,
                RolloutPlan.immediate(),
                Traffic.all("salt", version(version)));
    }

    protected static DeploymentSnapshot deploy(DeploymentStore at, String version) {
        return at.change(
                FRAUD,
                "wanted",
                present -> Optional.of(new Change(serving(version), DeploymentAction.DEPLOYED, "fraud:" + version)));
    }

    /** Commits a change of a label. */
    protected static DeploymentSnapshot label(DeploymentStore at, String name, String value) {
        return at.change(FRAUD, "labelled", present -> {
            DeploymentState state = present.orElseThrow().state();
            Map<String, String> labels = new java.util.TreeMap<>(state.labels());
            labels.put(name, value);
            return Optional.of(
                    new Change(state.edit().labels(labels).build(), DeploymentAction.CONFIGURED, name + "=" + value));
        });
    }

    protected static List<DeploymentEvent> history(DeploymentStore at) {
        return at.history(FRAUD, 0, Integer.MAX_VALUE);
    }

    protected final String text(StorageKey key) throws IOException {
        return new String(node.readAll(key), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Changes an object behind the registry's back. */
    protected final void tamper(StorageKey key, String text) throws IOException {
        node.write(key, io.modelregistry.storage.Content.of(bytes(text)), WriteCondition.unconditional());
    }
}
