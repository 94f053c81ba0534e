package io.modelregistry.storm;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records what several clients of one store do at the same time, and checks that it could have been one. */
public abstract class LinearizabilityStorm {
    private static final Logger LOG = LoggerFactory.getLogger(LinearizabilityStorm.class);

    /** Where the storm blows. */
    protected abstract StormStores stores();

    /** How many histories of a node there are, with 500 calls each. */
    protected int nodeRounds() {
        return StormSettings.rounds(6, 190);
    }

    /** How many histories of a registry there are, with up to 300 calls each. */
    protected int registryRounds() {
        return StormSettings.rounds(4, 190);
    }

    @Test
    final void objectsOfAStoreAreLinearizable() throws Exception {
        StorageHistory history = new StorageHistory(stores(), StormClients.SOUND);
        blow("Linearizability storm of objects", nodeRounds(), history::blow);
    }

    @Test
    final void whatARegistryAnswersIsLinearizable() throws Exception {
        RegistryHistory history = new RegistryHistory(stores(), StormClients.SOUND);
        blow("Linearizability storm of registries", registryRounds(), history::blow);
    }

    /** A history. */
    private interface Round {
        int blow(String where, long seed) throws Exception;
    }

    private void blow(String storm, int rounds, Round round) throws Exception {
        long begun = System.nanoTime();
        Random seeds = new Random(StormSettings.seed());
        int calls = 0;
        for (int i = 0; i < rounds; i++) {
            String where = storm + " on " + stores().name() + ", seed " + StormSettings.seed() + ", round " + i;
            calls += round.blow(where, seeds.nextLong());
        }
        LOG.info(
                "{} on {}, seed {}: {} calls in {} histories, {} ms",
                storm,
                stores().name(),
                StormSettings.seed(),
                calls,
                rounds,
                (System.nanoTime() - begun) / 1_000_000);
    }
}
