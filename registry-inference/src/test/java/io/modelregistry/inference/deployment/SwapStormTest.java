package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.modelregistry.inference.deployment.DeployedSubject.Manner;
import io.modelregistry.storm.StormSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** No request fails and no session is left while versions are swapped; ONNX Runtime would take the JVM with it. */
@Timeout(1_800)
final class SwapStormTest {
    private static final Logger LOG = LoggerFactory.getLogger(SwapStormTest.class);
    private static final int CLIENTS = 16;
    private static final long PATIENCE_SECONDS = 60;

    @ParameterizedTest
    @EnumSource
    void everyRequestIsAnsweredByOneVersion(Manner manner) throws Exception {
        long begun = System.nanoTime();
        if (StormSettings.isFull()) {
            SwapStorm.Plan full = new SwapStorm.Plan(CLIENTS, 1_000, 1_000_000, StormSettings.seed(), PATIENCE_SECONDS);
            LOG.info("{}: {}, {} s", manner, SwapStormProcess.storm(manner, full), seconds(begun));
            return;
        }
        boolean isPlain = manner == Manner.PLAIN;
        SwapStorm.Plan brief = new SwapStorm.Plan(
                CLIENTS, isPlain ? 60 : 20, isPlain ? 100_000 : 20_000, StormSettings.seed(), PATIENCE_SECONDS);
        LOG.info("{}: {}, {} s", manner, SwapStormProcess.blow(manner, brief), seconds(begun));
    }

    private static long seconds(long begun) {
        return (System.nanoTime() - begun) / 1_000_000_000;
    }

    @Test
    void swapsLeaveMemoryFlat() throws Exception {
        assumeThat(SwapStormProcess.STATUS).exists();
        int looks = 10;
        int swaps = StormSettings.rounds(100, 2_000);
        List<Long> kilobytes = SwapStormProcess.memory(swaps, looks);
        LOG.info("kilobytes after each {} of {} swaps: {}", swaps / looks, swaps, kilobytes);
        long before = kilobytes.get(looks / 2 - 1);
        assertThat(kilobytes.get(looks - 1) - before)
                .as("kilobytes more than %s", before)
                .isLessThan(6_000);
    }
}
