package io.modelregistry.registry;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.VersionRange;
import java.util.Objects;
import java.util.Optional;

/**
 * Which versions of a model to list, newest first in semantic order.
 *
 * @param range only versions in this range; empty for all
 * @param stage only versions in this stage; empty for all
 * @param after the {@link Page#next} of the page before; empty for the first
 * @param limit at most this many, 1 to {@value ModelQuery#MAX_LIMIT}
 */
public record VersionQuery(Optional<VersionRange> range, Optional<Stage> stage, Optional<String> after, int limit) {
    /** Checks the limit. */
    public VersionQuery {
        Objects.requireNonNull(range, "range");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(after, "after");
        if (limit < 1 || limit > ModelQuery.MAX_LIMIT) {
            throw new InvalidValueException(
                    "page limit", Integer.toString(limit), "it is out of range", "1 to " + ModelQuery.MAX_LIMIT);
        }
    }

    /** The newest 100 versions. */
    public static VersionQuery all() {
        return new VersionQuery(Optional.empty(), Optional.empty(), Optional.empty(), 100);
    }

    /** Only versions in a range. */
    public VersionQuery in(VersionRange wanted) {
        return new VersionQuery(Optional.of(wanted), stage, after, limit);
    }

    /** Only versions in a stage. */
    public VersionQuery in(Stage wanted) {
        return new VersionQuery(range, Optional.of(wanted), after, limit);
    }

    /** The same, continued behind a page. */
    public VersionQuery after(String token) {
        return new VersionQuery(range, stage, Optional.of(token), limit);
    }

    /** The same with another page size. */
    public VersionQuery limit(int size) {
        return new VersionQuery(range, stage, after, size);
    }
}
