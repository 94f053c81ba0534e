package io.modelregistry.deployment;

import java.util.Objects;

/**
 * A deployment at one revision.
 *
 * @param name the deployment
 * @param event the change that led to this revision
 * @param state what is to be true
 */
public record DeploymentSnapshot(DeploymentName name, DeploymentEvent event, DeploymentState state) {
    /** Checks for nulls. */
    public DeploymentSnapshot {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(state, "state");
    }

    /** Counts the changes, from 1. */
    public long revision() {
        return event.revision();
    }
}
