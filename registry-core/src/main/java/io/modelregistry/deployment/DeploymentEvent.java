package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import java.time.Instant;
import java.util.Objects;

/**
 * One committed change of one deployment. Events of a deployment are numbered by revision, without a gap.
 *
 * @param deployment the deployment
 * @param revision the revision that the change made, from 1
 * @param operation the unique id of the call that made it
 * @param at when, by the registry's clock; never before the event before it
 * @param by who asked for it
 * @param reason why, in their words or those of the analysis; empty if none was given
 * @param action what was done
 * @param detail to what, such as {@code fraud:2.1.0 at 10 %}
 */
public record DeploymentEvent(
        DeploymentName deployment,
        long revision,
        String operation,
        Instant at,
        Principal by,
        String reason,
        DeploymentAction action,
        String detail) {
    /** Checks for nulls and a revision below 1. */
    public DeploymentEvent {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(detail, "detail");
        if (revision < 1) {
            throw new InvalidValueException(
                    "revision", Long.toString(revision), "there is none", "1 for the first, and so on");
        }
    }
}
