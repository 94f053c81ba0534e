package io.modelregistry.internal.schedule;

import java.util.List;

/** Decides what happens next. One interleaving at a time; not thread-safe. */
public interface Chooser {
    /** Begins the next interleaving. */
    void begin();

    /**
     * Decides.
     *
     * @param enabled what may happen; first the client that went last, if it can go on, then the other clients, then
     *     everything else
     * @param last the client that went last, or -1
     * @return the place of the choice in the list
     */
    int choose(List<Choice> enabled, int last);
}
