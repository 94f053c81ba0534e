package io.modelregistry.registry;

import io.modelregistry.model.InvalidValueException;
import java.util.Objects;
import java.util.Optional;

/**
 * Which models to list, in the order of {@link io.modelregistry.model.ModelName}: by group, and by name within it.
 * Stable while others write, because pages continue behind a name.
 *
 * @param group only models of this group; empty for all
 * @param after the {@link Page#next} of the page before; empty for the first
 * @param limit at most this many, 1 to {@value #MAX_LIMIT}
 */
public record ModelQuery(Optional<String> group, Optional<String> after, int limit) {
    /** The most models on one page. */
    public static final int MAX_LIMIT = 1000;

    /** Checks the limit. */
    public ModelQuery {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(after, "after");
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidValueException(
                    "page limit", Integer.toString(limit), "it is out of range", "1 to " + MAX_LIMIT);
        }
    }

    /** The first 100 models of all groups. */
    public static ModelQuery all() {
        return new ModelQuery(Optional.empty(), Optional.empty(), 100);
    }

    /** The first 100 models of a group. */
    public static ModelQuery inGroup(String group) {
        return new ModelQuery(Optional.of(group), Optional.empty(), 100);
    }

    /** The same, continued behind a page. */
    public ModelQuery after(String token) {
        return new ModelQuery(group, Optional.of(token), limit);
    }

    /** The same with another page size. */
    public ModelQuery limit(int size) {
        return new ModelQuery(group, after, size);
    }
}
