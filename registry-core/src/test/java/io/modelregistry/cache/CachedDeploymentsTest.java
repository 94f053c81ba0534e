package io.modelregistry.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentState.Follow;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.OfflineException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the cache makes of deployments: heads are kept as those of models are, statuses never. */
class CachedDeploymentsTest extends CacheSubject {
    private static final DeploymentName FRAUD = DeploymentName.parse("fraud");
    private static final String HEAD = "deployments/fraud/config.json";

    private static DeploymentSnapshot deploy(DeploymentStore store, String version) {
        PinnedVersion pinned =
                new PinnedVersion(ModelName.parse("iris"), ModelVersion.parse(version), Digest.sha256(new byte[] {1}));
        DeploymentState state = DeploymentState.serving(
                ModelRef.parse("iris"), Follow.STAY, RolloutPlan.immediate(), Traffic.all("s", pinned));
        return store.change(
                FRAUD,
                "",
                present -> Optional.of(new DeploymentStore.Change(state, DeploymentAction.SWAPPED, version)));
    }

    private static InstanceStatus status(long heartbeat) {
        return new InstanceStatus(
                "a",
                heartbeat,
                1,
                Instant.EPOCH,
                InstanceStatus.Health.SERVING,
                "",
                1,
                List.of(),
                Optional.empty(),
                new TreeMap<>());
    }

    @Test
    void aHeadThatWasKeptIsAskedForByItsEtag() {
        DeploymentSnapshot made = deploy(elsewhere().deployments(), "1.0.0");
        try (ModelRegistry first = open()) {
            assertThat(first.deployments().find(FRAUD)).contains(made);
        }
        ModelRegistry second = open();
        remote.requests();

        assertThat(second.deployments().find(FRAUD)).contains(made);
        assertThat(remote.requests()).containsExactly("same " + HEAD);
    }

    @Test
    void theChangeOfAnotherProcessIsSeenAtOnce() {
        DeploymentStore other = elsewhere().deployments();
        deploy(other, "1.0.0");
        DeploymentStore cached = open().deployments();
        assertThat(cached.find(FRAUD).orElseThrow().revision()).isEqualTo(1);

        deploy(other, "1.1.0");
        assertThat(cached.find(FRAUD).orElseThrow().revision()).isEqualTo(2);
        assertThat(deploy(cached, "1.2.0").revision()).isEqualTo(3);
        assertThat(other.find(FRAUD).orElseThrow().revision()).isEqualTo(3);
    }

    @Test
    void statusesAreNeverServedFromTheCache() {
        DeploymentStore other = elsewhere().deployments();
        deploy(other, "1.0.0");
        DeploymentStore cached = open().deployments();
        for (int heartbeat = 1; heartbeat <= 3; heartbeat++) {
            other.report(FRAUD, status(heartbeat));
            assertThat(cached.statuses(FRAUD)).containsExactly(status(heartbeat));
        }
        cached.report(FRAUD, status(9));
        assertThat(other.statuses(FRAUD)).containsExactly(status(9));
        other.forget(FRAUD, "a");
        assertThat(cached.statuses(FRAUD)).isEmpty();
    }

    @Test
    void whatIsDesiredIsKnownWhenTheStoreIsGoneAndNothingElse() {
        DeploymentSnapshot made = deploy(elsewhere().deployments(), "1.0.0");
        try (ModelRegistry first = open()) {
            first.deployments().find(FRAUD);
        }
        remote.unplug();
        DeploymentStore offline = open(cache().offline(Offline.SERVE_CACHED)).deployments();

        assertThat(offline.find(FRAUD)).contains(made);
        assertThat(offline.find(FRAUD)).contains(made);
        refused(() -> offline.statuses(FRAUD), OfflineException.class, ErrorCode.UNAVAILABLE, "fraud");
        refused(() -> deploy(offline, "1.1.0"), OfflineException.class, ErrorCode.UNAVAILABLE, HEAD);
        refused(
                () -> offline.find(DeploymentName.parse("other")),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "deployments/other/config.json");

        remote.plug();
    }
}
