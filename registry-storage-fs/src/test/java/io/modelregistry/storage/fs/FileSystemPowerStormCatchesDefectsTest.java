package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.fs.PowerStorm.Effort;
import io.modelregistry.storm.StormSettings;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The storm of power cuts, in its brief form, reports every planted defect. */
class FileSystemPowerStormCatchesDefectsTest {
    private static final Logger LOG = LoggerFactory.getLogger(FileSystemPowerStormCatchesDefectsTest.class);

    private static void blow(PowerStorm storm) throws IOException {
        for (PowerScript script : PowerScripts.all()) {
            storm.blow(script);
        }
    }

    @ParameterizedTest
    @EnumSource
    void reports(PlantedDiskDefect defect) {
        PowerStorm storm = new PowerStorm(StormSettings.seed(), Effort.BRIEF, defect::plantedIn);
        assertThatThrownBy(() -> blow(storm))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Power cut in '")
                .hasMessageContaining("seed " + StormSettings.seed())
                .satisfies(failure -> LOG.info(
                        "{} was reported at cut {}: {}",
                        defect,
                        storm.cuts(),
                        failure.getMessage().lines().findFirst().orElseThrow()));
    }
}
