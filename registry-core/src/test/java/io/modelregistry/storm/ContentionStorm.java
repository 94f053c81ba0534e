package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets many change the same models at once, and checks that each change that was acknowledged took place exactly once:
 * every version number has one winner, no count is lost, the history has no gap.
 */
public final class ContentionStorm {
    private static final Logger LOG = LoggerFactory.getLogger(ContentionStorm.class);

    private final String backend;
    private final long seed;

    /**
     * A storm.
     *
     * @param backend what the store is, for messages
     */
    public ContentionStorm(String backend, long seed) {
        this.backend = backend;
        this.seed = seed;
    }

    /**
     * Lets a crowd work on an empty store, and returns how many changes were acknowledged.
     *
     * @throws StormFailure if a promise does not hold
     */
    public int blow(Crowd crowd, Crowd.Size size) throws Exception {
        String where = "Contention storm, %s, seed %s, %s".formatted(backend, seed, size);
        long begun = System.nanoTime();
        List<Deed> deeds;
        try {
            deeds = crowd.work(size);
        } catch (ExecutionException | AssertionError e) {
            throw new StormFailure(where, e);
        }
        long worked = System.nanoTime();
        try (StorageNode node = crowd.open();
                ModelRegistry registry =
                        ModelRegistries.builder(node).leaveNodeOpen().open()) {
            new DeedCheck(registry, 0).check(deeds);
            DeedCheck.verify(node);
        } catch (AssertionError | IOException | RegistryException e) {
            throw new StormFailure(where, e);
        }
        int done = (int) deeds.stream().filter(Deed::isDone).count();
        LOG.info(
                "{}: {} acknowledged commits, {} of unknown outcome, {} ms and {} ms for the check",
                where,
                done,
                deeds.size() - done,
                (worked - begun) / 1_000_000,
                (System.nanoTime() - worked) / 1_000_000);
        return done;
    }
}
