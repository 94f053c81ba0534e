package io.modelregistry.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads and registries over one node in memory. */
@Timeout(600)
class InMemoryContentionStormTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void eachChangeTakesPlaceOnce(int models) throws Exception {
        long seed = StormSettings.seed();
        int commits = StormSettings.rounds(800, 20_000);
        try (StorageNode node = new InMemoryStorageNode()) {
            int done = new ContentionStorm("memory", seed)
                    .blow(Crowd.ofThreads(node, seed), new Crowd.Size(4, 4, models, commits));
            assertThat(done).isGreaterThanOrEqualTo(commits);
        }
    }
}
