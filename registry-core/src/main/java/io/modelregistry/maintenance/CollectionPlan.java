package io.modelregistry.maintenance;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a collection would delete. Deletes nothing by itself.
 *
 * @param before only what was written before this instant is collected
 * @param garbage what would be deleted, and why
 * @param skipped the keys of documents that are damaged or missing, so that what they decide is left alone
 */
public record CollectionPlan(Instant before, List<Garbage> garbage, List<String> skipped) {
    /** Copies the lists. */
    public CollectionPlan {
        Objects.requireNonNull(before, "before");
        garbage = List.copyOf(garbage);
        skipped = List.copyOf(skipped);
    }

    /** How many bytes would be freed. */
    public long bytes() {
        return garbage.stream().mapToLong(Garbage::size).sum();
    }
}
