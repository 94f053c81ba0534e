package io.modelregistry.registry;

import io.modelregistry.event.RegistryEvent;
import io.modelregistry.event.RegistryListener;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What happened to one model, from its first revision on, without a gap. */
public interface History {
    /**
     * The events behind a revision, ascending.
     *
     * @param afterRevision 0 for the first page
     * @param limit at most this many, at least 1
     * @throws CorruptionException if an event is damaged, missing or not the one that its successor names
     */
    List<RegistryEvent> after(long afterRevision, int limit);

    /** All events, ascending. */
    List<RegistryEvent> all();

    /**
     * The versions that were in a stage at an instant.
     *
     * @return for an exclusive stage at most one
     */
    Set<ModelVersion> inStageAt(Stage stage, Instant instant);

    /**
     * Calls a listener with every event behind a revision, whoever commits it, in order and at least once, until it is
     * closed.
     *
     * @param afterRevision the last revision that the listener knows; 0 for all
     * @param interval how often to look
     */
    Watch watch(long afterRevision, Duration interval, RegistryListener listener);

    /** A running watch. */
    interface Watch extends AutoCloseable {
        /** The last revision that the listener was called with. */
        long revision();

        /** Stops; a running call of the listener finishes. Idempotent. */
        @Override
        void close();
    }
}
