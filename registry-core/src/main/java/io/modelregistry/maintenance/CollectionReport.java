package io.modelregistry.maintenance;

import java.util.List;

/**
 * What a collection did.
 *
 * @param deleted what is gone
 * @param left what was planned and is still there: somebody used it meanwhile, it was not found to be garbage again, or
 *     the document that decides it is damaged or missing
 */
public record CollectionReport(List<Garbage> deleted, List<Garbage> left) {
    /** Copies the lists. */
    public CollectionReport {
        deleted = List.copyOf(deleted);
        left = List.copyOf(left);
    }

    /** How many bytes were freed. */
    public long bytes() {
        return deleted.stream().mapToLong(Garbage::size).sum();
    }
}
