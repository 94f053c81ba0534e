package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentNotFoundException;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentState.Status;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.deployment.DeploymentStore.Change;
import io.modelregistry.model.Caller;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.RegistryClosedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a change of a deployment does, and what it does not. */
abstract class DeploymentChangeContract extends DeploymentSubject {
    @Test
    void aDeploymentIsMadeByItsFirstChange() {
        assertThat(store.find(FRAUD)).isEmpty();
        assertThat(store.names()).isEmpty();

        DeploymentSnapshot made = deploy(store, "1.0.0");

        assertThat(made.revision()).isEqualTo(1);
        assertThat(made.state()).isEqualTo(serving("1.0.0"));
        assertThat(made.event().action()).isEqualTo(DeploymentAction.DEPLOYED);
        assertThat(made.event().detail()).isEqualTo("fraud:1.0.0");
        assertThat(made.event().reason()).isEqualTo("wanted");
        assertThat(made.event().at()).isEqualTo(clock.instant());
        assertThat(store.find(FRAUD)).contains(made);
        assertThat(fresh().deployments().find(FRAUD)).contains(made);
        assertThat(fresh().deployments().names()).containsExactly(FRAUD);
    }

    @Test
    void namesAreListedInTheirOrder() {
        for (String text : List.of("b", "a-1", "a", "a.b", "a_b", "0")) {
            store.change(
                    DeploymentName.parse(text),
                    "",
                    present -> Optional.of(new Change(serving("1.0.0"), DeploymentAction.DEPLOYED, "")));
        }

        assertThat(store.names()).extracting(DeploymentName::value).containsExactly("0", "a", "a-1", "a.b", "a_b", "b");
    }

    @Test
    void aChangeIsDecidedOnWhatOthersHaveLeft() {
        deploy(store, "1.0.0");
        DeploymentStore other = fresh().deployments();
        label(other, "a", "1");

        DeploymentSnapshot changed = label(store, "b", "2");

        assertThat(changed.revision()).isEqualTo(3);
        assertThat(changed.state().labels()).containsExactlyInAnyOrderEntriesOf(Map.of("a", "1", "b", "2"));
        assertThat(other.find(FRAUD)).contains(changed);
    }

    @Test
    void nothingIsWrittenWhenNothingHasToChange() {
        DeploymentSnapshot made = deploy(store, "1.0.0");
        Snapshot before = Snapshot.of(node);

        assertThat(store.change(FRAUD, "again", present -> Optional.empty())).isEqualTo(made);

        assertThat(Snapshot.of(node)).isEqualTo(before);
    }

    @Test
    void whatTheChangeThrowsEndsTheCallAndNothingHasChanged() {
        deploy(store, "1.0.0");

        assertRefused(
                () -> store.change(FRAUD, "", present -> {
                    throw new InvalidValueException("weights", "", "they are odd", "even ones");
                }),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "odd");
    }

    @Test
    void aDeploymentThatIsNotThereIsNotChanged() {
        assertRefused(
                () -> store.change(FRAUD, "", present -> Optional.empty()),
                DeploymentNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "fraud");
        assertRefused(
                () -> store.history(FRAUD, 0, 1), DeploymentNotFoundException.class, ErrorCode.NOT_FOUND, "fraud");
    }

    @Test
    void anUndeployedDeploymentStaysAndCanComeBack() {
        DeploymentState state = deploy(store, "1.0.0").state();
        store.change(
                FRAUD,
                "",
                present -> Optional.of(
                        new Change(state.edit().status(Status.UNDEPLOYED).build(), DeploymentAction.UNDEPLOYED, "")));

        assertThat(store.find(FRAUD).orElseThrow().state().status()).isEqualTo(Status.UNDEPLOYED);
        assertThat(store.names()).containsExactly(FRAUD);
        assertThat(deploy(store, "2.0.0").revision()).isEqualTo(3);
    }

    @Test
    void changesAreMadeInTheNameOfTheCaller() {
        Principal mallory = Principal.user("mallory");
        DeploymentStore view = registry.actingAs(Caller.of(mallory)).deployments();

        assertThat(deploy(view, "1.0.0").event().by()).isEqualTo(mallory);
        assertThat(deploy(store, "1.0.0").event().by()).isNotEqualTo(mallory);
    }

    @Test
    void timesNeverGoBackwards() {
        Instant first = deploy(store, "1.0.0").event().at();
        clock.advance(Duration.ofHours(-1));

        assertThat(label(store, "a", "1").event().at()).isEqualTo(first);

        clock.advance(Duration.ofHours(2));
        assertThat(label(store, "a", "2").event().at()).isEqualTo(first.plus(Duration.ofHours(1)));
    }

    @Test
    void theSameChangesLeadToTheSameBytes() throws Exception {
        deploy(registryWithIds().deployments(), "1.0.0");
        String first = text(HEAD);
        node.delete(HEAD);

        deploy(registryWithIds().deployments(), "1.0.0");

        assertThat(text(HEAD)).isEqualTo(first);
    }

    private io.modelregistry.registry.ModelRegistry registryWithIds() {
        return opened(io.modelregistry.ModelRegistries.builder(node)
                .leaveNodeOpen()
                .clock(clock)
                .ids(countedIds()));
    }

    @Test
    void whatCouldNotBeReadIsNotWritten() {
        deploy(store, "1.0.0");

        assertRefused(
                () -> label(store, "a", "x".repeat(5 << 20)),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "fraud",
                "not be readable");
        assertRefused(
                () -> store.change(FRAUD, "\ud800", present -> Optional.empty()),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "surrogate");
    }

    @Test
    void aClosedRegistryHasNoDeployments() {
        deploy(store, "1.0.0");
        registry.close();

        assertRefused(() -> registry.deployments(), RegistryClosedException.class, ErrorCode.CLOSED);
        assertRefused(() -> store.find(FRAUD), RegistryClosedException.class, ErrorCode.CLOSED, "fraud");
        assertRefused(() -> store.names(), RegistryClosedException.class, ErrorCode.CLOSED);
        assertRefused(() -> deploy(store, "1.0.0"), RegistryClosedException.class, ErrorCode.CLOSED, "fraud");
        assertRefused(() -> history(store), RegistryClosedException.class, ErrorCode.CLOSED, "fraud");
        assertRefused(() -> store.statuses(FRAUD), RegistryClosedException.class, ErrorCode.CLOSED, "fraud");
        assertRefused(() -> store.forget(FRAUD, "a"), RegistryClosedException.class, ErrorCode.CLOSED, "fraud");
    }
}
