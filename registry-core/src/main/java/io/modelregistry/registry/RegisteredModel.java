package io.modelregistry.registry;

import io.modelregistry.model.Alias;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model as of one revision.
 *
 * @param name its name, in the spelling it was created with
 * @param id the unique id that it was given when it was created
 * @param revision counts its changes, from 1
 * @param updatedAt when the latest change was made
 * @param facts what is said of it
 * @param aliases the version that each alias names
 * @param versionCount how many versions it has
 * @param newestStable the newest version that is not a pre-release, if there is one
 * @param status whether it takes new versions and promotions
 */
public record RegisteredModel(
        ModelName name,
        String id,
        long revision,
        Instant updatedAt,
        ModelFacts facts,
        SortedMap<Alias, ModelVersion> aliases,
        long versionCount,
        Optional<ModelVersion> newestStable,
        Status status) {
    /** Copies the map. */
    public RegisteredModel {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(updatedAt, "updatedAt");
        Objects.requireNonNull(facts, "facts");
        aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
        Objects.requireNonNull(newestStable, "newestStable");
        Objects.requireNonNull(status, "status");
    }

    /** Whether a model is in use. */
    public enum Status {
        /** It takes new versions and promotions. */
        ACTIVE,
        /** It only answers. */
        RETIRED
    }
}
