package io.modelregistry.deployment;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The deployments of a registry, as its store holds them. Every change is one atomic commit with its own event in a
 * gapless history. Thread-safe; any number of processes may use one store.
 *
 * <p>Every method may throw what those of the registry may: a failed store, a damaged document, a closed registry.
 */
public interface DeploymentStore {
    /** The names of all deployments there have ever been, ascending. */
    List<DeploymentName> names();

    /**
     * A deployment as it is now; empty if there has never been one of this name. Asks the store each time, and where
     * nothing has changed that is one conditional read.
     *
     * @throws RegistryException {@link ErrorCode#UNTRUSTED} if its document is damaged
     */
    Optional<DeploymentSnapshot> find(DeploymentName name);

    /**
     * Changes a deployment, or makes it.
     *
     * @param change decides on the present state, which is empty if there is none; called again when somebody else was
     *     faster; what it throws ends the call, and nothing has changed; an empty answer means that nothing has to
     *     change
     * @return the deployment as the change has left it or found it
     * @throws RegistryException {@link ErrorCode#NOT_FOUND} if there is none and the change does not make it
     */
    DeploymentSnapshot change(
            DeploymentName name, String reason, Function<Optional<DeploymentSnapshot>, Optional<Change>> change);

    /**
     * A change that was decided.
     *
     * @param state the state to be
     * @param action what it is for the history
     * @param detail to what, in words
     */
    record Change(DeploymentState state, DeploymentAction action, String detail) {
        /** Checks for nulls. */
        public Change {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(action, "action");
            Objects.requireNonNull(detail, "detail");
        }
    }

    /**
     * The changes behind a revision, ascending, at most so many.
     *
     * @param afterRevision 0 for all
     */
    List<DeploymentEvent> history(DeploymentName name, long afterRevision, int limit);

    /** Writes what an instance has observed in place of what it wrote before. Only that instance may write it. */
    void report(DeploymentName name, InstanceStatus status);

    /** What all instances have observed, by id; one whose document cannot be read is left out. */
    List<InstanceStatus> statuses(DeploymentName name);

    /** Removes what an instance has observed; nothing happens if there is nothing. */
    void forget(DeploymentName name, String instance);
}
