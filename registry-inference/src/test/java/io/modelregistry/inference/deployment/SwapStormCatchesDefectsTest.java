package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.inference.deployment.CarelessSubject.Defect;
import io.modelregistry.storm.StormFailure;
import io.modelregistry.storm.StormSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The storm of swaps, in its brief form, reports every planted defect. */
@Timeout(120)
final class SwapStormCatchesDefectsTest {
    private static final Logger LOG = LoggerFactory.getLogger(SwapStormCatchesDefectsTest.class);
    private static final SwapStorm.Plan BRIEF = new SwapStorm.Plan(16, 200, 20_000, StormSettings.seed(), 2);

    private static SwapStorm.Result blow(Defect defect) throws InterruptedException {
        return new SwapStorm("planted", new CarelessSubject(defect), BRIEF).blow();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void reports(Defect defect) {
        assertThatThrownBy(() -> blow(defect))
                .isInstanceOf(StormFailure.class)
                .hasMessageStartingWith("Swap storm, planted, seed " + StormSettings.seed())
                .hasMessageContaining(defect.report)
                .satisfies(failure -> LOG.info("{} was reported: {}", defect, failure.getMessage()));
    }

    @Test
    void isSilentAboutASwapThatWaitsForAll() throws Exception {
        assertThat(blow(Defect.NONE).predictions()).isGreaterThanOrEqualTo(BRIEF.predictions());
    }
}
