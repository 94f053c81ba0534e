package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.DeploymentNotFoundException;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.InstanceStatus.Health;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What instances say of a deployment. */
abstract class DeploymentStatusContract extends DeploymentSubject {
    private InstanceStatus status(String instance, long heartbeat) {
        return new InstanceStatus(
                instance,
                heartbeat,
                1,
                clock.instant(),
                Health.SERVING,
                "",
                2,
                List.of(),
                Optional.empty(),
                new TreeMap<>());
    }

    @Test
    void instancesReportInPlaceOfWhatTheySaidBefore() {
        deploy(store, "1.0.0");
        assertThat(store.statuses(FRAUD)).isEmpty();

        store.report(FRAUD, status("a", 1));
        fresh().deployments().report(FRAUD, status("a-1", 7));
        store.report(FRAUD, status("a", 2));

        assertThat(fresh().deployments().statuses(FRAUD)).containsExactly(status("a", 2), status("a-1", 7));
    }

    @Test
    void whoIsForgottenIsGone() {
        deploy(store, "1.0.0");
        store.report(FRAUD, status("a", 1));
        store.report(FRAUD, status("b", 1));

        store.forget(FRAUD, "a");
        store.forget(FRAUD, "a");

        assertThat(store.statuses(FRAUD)).containsExactly(status("b", 1));
        assertThat(history(store)).hasSize(1);
    }

    @Test
    void thereAreNoStatusesOfADeploymentThatIsNotThere() {
        assertThat(store.statuses(FRAUD)).isEmpty();
        assertRefused(
                () -> store.report(FRAUD, status("a", 1)),
                DeploymentNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "fraud");
        store.forget(FRAUD, "a");
        assertThat(store.names()).isEmpty();
    }

    @Test
    void aStatusThatCannotBeReadIsLeftOut() throws IOException {
        deploy(store, "1.0.0");
        store.report(FRAUD, status("a", 1));
        store.report(FRAUD, status("b", 1));
        String sound = text(StorageKey.of("deployments/fraud/status/b.json"));
        tamper(StorageKey.of("deployments/fraud/status/b.json"), "nonsense");
        tamper(StorageKey.of("deployments/fraud/status/c.json"), sound);
        tamper(StorageKey.of("deployments/fraud/status/notes.txt"), "nonsense");
        tamper(StorageKey.of("deployments/fraud/status/deep/d.json"), sound);

        assertThat(store.statuses(FRAUD)).containsExactly(status("a", 1));

        store.report(FRAUD, status("b", 2));
        assertThat(store.statuses(FRAUD)).containsExactly(status("a", 1), status("b", 2));
    }

    @Test
    void moreInstancesThanAListingHoldsAreAllFound() {
        deploy(store, "1.0.0");
        for (int i = 0; i < 30; i++) {
            store.report(FRAUD, status("i" + i, i));
        }

        assertThat(store.statuses(FRAUD)).hasSize(30);
    }

    @Test
    void aReportIsOneWriteOnceTheDeploymentWasRead() {
        CountingNode counted = new CountingNode(node);
        DeploymentStore counting = fresh(counted).deployments();
        deploy(counting, "1.0.0");
        counted.reset();

        counting.report(FRAUD, status("a", 1));

        assertThat(counted.writes()).containsExactly("deployments/fraud/status/a.json");
        assertThat(counted.reads()).isEmpty();
        assertThat(counted.finds()).isEmpty();
    }

    @Test
    void idsThatAreNoneAndTextsThatAreTooLongAreRefused() {
        deploy(store, "1.0.0");

        assertRefused(() -> store.forget(FRAUD, "../a"), InvalidValueException.class, ErrorCode.INVALID, "../a");
        InstanceStatus endless = new InstanceStatus(
                "a",
                1,
                1,
                clock.instant(),
                Health.FAILED,
                "x".repeat(5 << 20),
                1,
                List.of(),
                Optional.empty(),
                new TreeMap<>());
        assertRefused(
                () -> store.report(FRAUD, endless), InvalidValueException.class, ErrorCode.INVALID, "not be readable");
    }
}
