package io.modelregistry.event;

import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.Principal;
import java.time.Instant;
import java.util.Objects;

/**
 * One committed change of one model. Events of a model are numbered by revision, without a gap.
 *
 * @param model the model
 * @param modelId the id that the model was given when it was created
 * @param revision the revision that the change made, from 1
 * @param operation the unique id of the call that made it
 * @param at when, by the registry's clock; never before the event before it
 * @param by who asked for it
 * @param reason why, in their words; empty if they gave none
 * @param change what changed
 */
public record RegistryEvent(
        ModelName model,
        String modelId,
        long revision,
        String operation,
        Instant at,
        Principal by,
        String reason,
        Change change) {
    /** Checks for nulls and a revision below 1. */
    public RegistryEvent {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(modelId, "modelId");
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(change, "change");
        if (revision < 1) {
            throw new InvalidValueException(
                    "revision", Long.toString(revision), "there is none", "1 for the first, and so on");
        }
    }
}
