package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.contract.SharedStore;
import io.modelregistry.storage.fs.FileSystemRegistryTest.MemoryDisk;
import io.modelregistry.storage.fs.FileSystemStorageNodeProcessContractTest.AtPath;
import io.modelregistry.storm.KillStorm;
import io.modelregistry.storm.StormSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process was told is done is done, in a folder. */
@Timeout(1800)
class FileSystemKillStormTest {
    @TempDir(factory = MemoryDisk.class)
    private Path folder;

    @Test
    void nothingThatAKilledProcessWasToldIsLost() throws Exception {
        int kills = StormSettings.rounds(10, 300);
        KillStorm storm = new KillStorm("a folder", StormSettings.seed(), () -> {
            Path root = Files.createTempDirectory(folder, "store");
            return new SharedStore(AtPath.class, List.of(root.toString()));
        });
        storm.blow(kills);
        assertThat(storm.acknowledged()).isGreaterThan(kills);
    }
}
