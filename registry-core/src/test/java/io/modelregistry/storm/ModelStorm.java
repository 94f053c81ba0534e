package io.modelregistry.storm;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Random sequences of operations answer as a plain model of the promises does. */
public abstract class ModelStorm {
    private static final Logger LOG = LoggerFactory.getLogger(ModelStorm.class);

    /** Where the storm blows. */
    protected abstract StormStores stores();

    /** How many sequences there are. */
    protected int sequences() {
        return StormSettings.rounds(40, 2_000);
    }

    @Test
    final void everySequenceAnswersAsThePlainModelDoes() throws IOException {
        long begun = System.nanoTime();
        int steps = new ModelRun(stores(), StormClients.SOUND).blow(sequences());
        LOG.info(
                "Model storm on {}, seed {}: {} steps in {} sequences, {} ms",
                stores().name(),
                StormSettings.seed(),
                steps,
                sequences(),
                (System.nanoTime() - begun) / 1_000_000);
    }
}
