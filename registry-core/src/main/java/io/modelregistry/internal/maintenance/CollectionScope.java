package io.modelregistry.internal.maintenance;

import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * What a collection may take, out of politeness: safety does not depend on it.
 *
 * @param before only what was written before this instant, by the store's clock
 * @param approved only these keys
 */
public record CollectionScope(Instant before, Predicate<StorageKey> approved) {
    /** Everything that is not needed. */
    public static final CollectionScope EVERYTHING = new CollectionScope(Instant.MAX, key -> true);

    boolean isOld(Instant written) {
        return written.isBefore(before);
    }

    boolean isOld(ListedObject object) {
        return isOld(object.lastModified());
    }
}
