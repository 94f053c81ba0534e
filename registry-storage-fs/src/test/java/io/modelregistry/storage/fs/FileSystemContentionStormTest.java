package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.contract.SharedStore;
import io.modelregistry.storage.fs.FileSystemRegistryTest.MemoryDisk;
import io.modelregistry.storage.fs.FileSystemStorageNodeProcessContractTest.AtPath;
import io.modelregistry.storm.ContentionStorm;
import io.modelregistry.storm.Crowd;
import io.modelregistry.storm.StormSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads and processes over one folder. */
@Timeout(3600)
class FileSystemContentionStormTest {
    @TempDir(factory = MemoryDisk.class)
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void eachChangeTakesPlaceOnce(int models) throws Exception {
        long seed = StormSettings.seed();
        int processes = StormSettings.rounds(2, 4);
        int threads = StormSettings.rounds(4, 16);
        int commits = StormSettings.rounds(200, 20_000);
        SharedStore store = new SharedStore(AtPath.class, List.of(folder.toString()));
        int done = new ContentionStorm("a folder", seed)
                .blow(Crowd.ofProcesses(store, seed), new Crowd.Size(processes, threads, models, commits));
        assertThat(done).isGreaterThanOrEqualTo(commits);
    }
}
