package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.maintenance.Finding;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What a published version holds is not uploaded twice. */
abstract class ReuseContract extends RegistrySubject {
    @Test
    void aFileThatAPublishedVersionHoldsIsCopiedInsideTheStore() {
        byte[] weights = new byte[1 << 20];
        Arrays.fill(weights, (byte) 7);
        CountingNode counted = new CountingNode(node);
        ModelRegistry counting = fresh(counted);
        counting.register(Registration.of("big").file("weights.bin", weights).build());
        long first = counted.bytesWritten();
        counting.register(Registration.of("big")
                .file("weights.bin", weights)
                .file("config.json", bytes("{}"))
                .build());
        assertThat(first).isGreaterThan(weights.length);
        assertThat(counted.bytesWritten() - first).isLessThan(weights.length / 10);
        assertThat(counted.copies()).containsExactly("models/big/1.0.1/weights.bin");
        CountingNode recounted = new CountingNode(node);
        fresh(recounted).register(Registration.of("big").file("w2.bin", weights).build());
        assertThat(recounted.bytesWritten()).isLessThan(weights.length / 10);
        assertThat(fresh().artifacts("big:1.0.2").files().get(0).size()).isEqualTo(weights.length);
    }

    @Test
    void copiesWhatAnyPublishedVersionHoldsAndNotWhatOnlyBeginsLikeIt() throws IOException {
        byte[] first = new byte[(1 << 20) + 10];
        byte[] second = first.clone();
        second[second.length - 1] = 1;
        byte[] third = first.clone();
        third[0] = 1;
        for (byte[] content : List.of(first, second, third)) {
            fresh().register(Registration.of("big").file("m", content).build());
        }
        for (byte[] content : List.of(first, second, third)) {
            CountingNode counted = new CountingNode(node);
            RegisteredVersion again = fresh(counted)
                    .register(Registration.of("big").file("again", content).build());
            assertThat(counted.copies()).containsExactly("models/big/" + again.version() + "/again");
            assertThat(counted.bytesWritten()).isLessThan(100_000);
            try (InputStream in = fresh().artifacts(again.ref()).open(ArtifactPath.of("again"))) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
        }
        CountingNode counted = new CountingNode(node);
        try (Upload upload = fresh(counted).upload(Registration.of("big").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), first));
            third[5] = 1;
            upload.add(ArtifactSource.of(ArtifactPath.of("n"), third));
            upload.seal();
        }
        assertThat(counted.copies()).containsExactly("models/big/1.0.6/m");
        assertThat(RegistryMaintenance.over(node).verify().findings()).isEmpty();
    }

    @Test
    void uploadsAgainWhatTheStoreOnlySeemsToHold() throws IOException {
        byte[] weights = new byte[100_000];
        fresh().register(Registration.of("big").file("m", weights).build());
        List<ListedObject> held = node.list(KeyPrefix.of("models/big/_contents"), null, 10);
        assertThat(held).hasSize(1);
        StorageKey key = held.get(0).key();
        byte[] sound = node.readAll(key);
        byte[] damaged = sound.clone();
        damaged[10]++;
        byte[] elsewhere = document("{\"format\":1,\"version\":\"9.0.0\"");
        for (byte[] wrong : List.of(damaged, elsewhere)) {
            node.write(key, Content.of(wrong), WriteCondition.unconditional());
            assertThat(RegistryMaintenance.over(node).verify().findings())
                    .extracting(Finding::key, Finding::kind)
                    .containsExactly(
                            Tuple.tuple(key.value(), wrong == damaged ? Finding.Kind.DAMAGED : Finding.Kind.LEFTOVER));
            CountingNode counted = new CountingNode(node);
            fresh(counted).register(Registration.of("big").file("m", weights).build());
            assertThat(counted.copies()).isEmpty();
            assertThat(counted.bytesWritten()).isGreaterThan(weights.length);
            assertThat(RegistryMaintenance.over(node).verify().findings()).isEmpty();
        }
    }

    private static byte[] document(String fields) {
        return bytes(fields + ",\"checksum\":\"" + Digest.sha256(bytes(fields)).hex() + "\"}");
    }
}
