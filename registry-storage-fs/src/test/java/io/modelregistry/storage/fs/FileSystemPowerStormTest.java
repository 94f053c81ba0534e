package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.fs.PowerStorm.Effort;
import io.modelregistry.storm.StormSettings;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A registry on a disk whose power is cut at any moment. */
class FileSystemPowerStormTest {
    private static final Logger LOG = LoggerFactory.getLogger(FileSystemPowerStormTest.class);

    @Test
    void nothingThatWasAcknowledgedIsLostAndNothingIsHalfThere() throws IOException {
        Effort effort = new Effort(StormSettings.rounds(Effort.BRIEF.every(), 1), StormSettings.rounds(1, 8));
        PowerStorm storm = new PowerStorm(StormSettings.seed(), effort, disk -> disk);
        List<PowerScript> scripts = PowerScripts.all();
        for (PowerScript script : scripts) {
            storm.blow(script);
        }
        LOG.info(
                "Power storm, simulated disk, seed {}: {} scripts, {} moments, {} power cuts",
                StormSettings.seed(),
                scripts.size(),
                storm.points(),
                storm.cuts());
        assertThat(scripts).hasSizeGreaterThanOrEqualTo(20);
        assertThat(storm.cuts()).isGreaterThanOrEqualTo(StormSettings.rounds(300, 10_000));
    }
}
