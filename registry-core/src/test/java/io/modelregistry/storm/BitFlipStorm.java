package io.modelregistry.storm;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flips bits of stored objects; {@link BitFlipRun} says what is checked. */
public abstract class BitFlipStorm {
    private static final Logger LOG = LoggerFactory.getLogger(BitFlipStorm.class);

    /** Where the storm blows. */
    protected abstract StormStores stores();

    /** How many bits are flipped. */
    protected int flips() {
        return StormSettings.rounds(200, 14_000);
    }

    @Test
    final void noFlippedBitIsServed() throws IOException {
        long begun = System.nanoTime();
        BitFlipRun run = new BitFlipRun(stores(), new FlipReader());
        run.blow(flips());
        LOG.info(
                "Bit flip storm on {}, seed {}: {} flips, {}, {} ms",
                stores().name(),
                StormSettings.seed(),
                flips(),
                run.outcomes(),
                (System.nanoTime() - begun) / 1_000_000);
    }
}
