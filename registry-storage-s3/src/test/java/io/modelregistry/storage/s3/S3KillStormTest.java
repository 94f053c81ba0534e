package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.NodeOpener;
import io.modelregistry.storage.contract.SharedStore;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import io.modelregistry.storm.ContentionStorm;
import io.modelregistry.storm.Crowd;
import io.modelregistry.storm.KillStorm;
import io.modelregistry.storm.StormSettings;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes over one bucket: some are killed, all want the same models. */
@Timeout(7200)
class S3KillStormTest {
    private static SharedStore storeAt(URI endpoint, ChecksumMode checksums) {
        return new SharedStore(
                InBucket.class, List.of(endpoint.toString(), UUID.randomUUID().toString(), checksums.name()));
    }

    @Test
    void nothingThatAKilledProcessWasToldIsLost() throws Exception {
        int kills = StormSettings.rounds(4, 300);
        try (S3Front front = S3Servers.frontOfS3proxy()) {
            KillStorm storm = new KillStorm(
                    "S3", StormSettings.seed(), () -> storeAt(front.endpoint(), ChecksumMode.WHEN_SUPPORTED));
            storm.blow(kills);
            assertThat(storm.acknowledged()).isGreaterThan(kills);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void eachChangeTakesPlaceOnce(int models) throws Exception {
        int commits = StormSettings.rounds(60, 20_000);
        try (S3Front front = S3Servers.frontOfS3proxy()) {
            contend("S3", storeAt(front.endpoint(), ChecksumMode.WHEN_SUPPORTED), models, commits);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void eachChangeTakesPlaceOnceInCephRgw(int models) throws Exception {
        int commits = StormSettings.rounds(60, 2_000);
        contend("Ceph RGW", storeAt(S3Servers.rgw(), ChecksumMode.WHEN_REQUIRED), models, commits);
    }

    private static void contend(String backend, SharedStore store, int models, int commits) throws Exception {
        long seed = StormSettings.seed();
        int processes = StormSettings.rounds(2, 4);
        int threads = StormSettings.rounds(4, 16);
        int done = new ContentionStorm(backend, seed)
                .blow(Crowd.ofProcesses(store, seed), new Crowd.Size(processes, threads, models, commits));
        assertThat(done).isGreaterThanOrEqualTo(commits * 9 / 10);
    }

    /** Opens a folder of a bucket. */
    public static final class InBucket implements NodeOpener {
        @Override
        public StorageNode open(List<String> arguments) {
            return S3Servers.node(URI.create(arguments.get(0)), arguments.get(1))
                    .checksums(ChecksumMode.valueOf(arguments.get(2)))
                    .build();
        }
    }
}
