package io.modelregistry.internal.state;

import io.modelregistry.model.ModelVersion;
import java.util.Objects;

/**
 * Where a full part of the table lies, and what a search needs to know before it reads it.
 *
 * @param page the name of the page: a digest of its bytes and the id of the commit that wrote it
 * @param level 1 for a page of rows, higher for a page of references to the level below
 * @param first the sequence of its first version
 * @param count how many versions it holds
 * @param min its lowest version
 * @param max its highest version
 */
public record PageRef(String page, int level, long first, long count, ModelVersion min, ModelVersion max) {
    /** Checks for nulls. */
    public PageRef {
        Objects.requireNonNull(page, "page");
        Objects.requireNonNull(min, "min");
        Objects.requireNonNull(max, "max");
    }

    /** Whether the page, or one below it, has the version with this number. */
    boolean holds(long sequence) {
        return first <= sequence && sequence < first + count;
    }

    /** Whether a version of this precedence can be in the page. */
    boolean spans(ModelVersion version) {
        return min.compareTo(version) <= 0 && max.compareTo(version) >= 0;
    }
}
