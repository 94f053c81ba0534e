package io.modelregistry.internal.maintenance;

import io.modelregistry.maintenance.Garbage;
import java.util.List;

/**
 * What one unit of a collection did.
 *
 * @param deleted what is gone
 * @param outrun whether somebody changed the deciding document meanwhile, so that nothing was deleted
 */
public record Collected(List<Garbage> deleted, boolean outrun) {
    /** Nothing was there to collect. */
    static final Collected NOTHING = new Collected(List.of(), false);

    /** Somebody else was faster. */
    static final Collected OUTRUN = new Collected(List.of(), true);

    /** Copies the list. */
    public Collected {
        deleted = List.copyOf(deleted);
    }
}
