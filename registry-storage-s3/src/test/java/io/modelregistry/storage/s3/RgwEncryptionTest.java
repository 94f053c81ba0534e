package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.contract.PatternContent;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** Encryption by the store, with a key of its management service, in Ceph RGW. */
class RgwEncryptionTest {
    private static final int LARGE = S3StorageNodeBuilder.DEFAULT_PART_BYTES + 5;

    @Test
    void whatIsWrittenIsEncryptedByTheKeyThatIsNamed() throws IOException {
        URI endpoint = S3Servers.rgw();
        String prefix = UUID.randomUUID().toString();
        try (S3Client client = S3Servers.client(endpoint);
                StorageNode node = S3Servers.node(endpoint, prefix)
                        .checksums(ChecksumMode.WHEN_REQUIRED)
                        .encryption(ServerSideEncryption.kms("registry-test-key"))
                        .build()) {
            node.write(StorageKey.of("small"), Content.of(new byte[100]), WriteCondition.ifAbsent());
            node.write(StorageKey.of("large"), new PatternContent(1, LARGE), WriteCondition.unconditional());
            for (String name : new String[] {"small", "large"}) {
                assertThat(client.headObject(request ->
                                        request.bucket(S3Servers.BUCKET).key(prefix + "/" + name))
                                .serverSideEncryptionAsString())
                        .as(name)
                        .isEqualTo("aws:kms");
            }
            assertThat(node.readAll(StorageKey.of("small"))).hasSize(100).containsOnly(0);
            assertThat(Arrays.equals(node.readAll(StorageKey.of("large")), PatternContent.bytes(1, LARGE)))
                    .isTrue();
        }
    }
}
