package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageDeniedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.contract.PatternContent;
import io.modelregistry.storage.s3.server.HttpTrouble;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.RequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What is the host's stays the host's: the time-outs of its client, the failures of its credentials. */
@Timeout(120)
class S3HostClientTest {
    private static final StorageKey KEY = StorageKey.of("a/b");
    private static final Content CONTENT = Content.of(new byte[] {1, 2, 3});

    private final Map<String, Optional<Duration>> limits = new ConcurrentHashMap<>();
    private final Vault vault = new Vault();
    private S3Front front;

    @BeforeEach
    void start() throws IOException {
        front = S3Servers.frontOfS3proxy();
    }

    @AfterEach
    void stop() throws IOException {
        front.close();
    }

    private S3Client client(Duration limit) {
        return S3Client.builder()
                .endpointOverride(front.endpoint())
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .httpClientBuilder(Apache5HttpClient.builder())
                .credentialsProvider(vault)
                .overrideConfiguration(config -> config.apiCallTimeout(limit).addExecutionInterceptor(new Watch()))
                .build();
    }

    /** Notes the time-outs that requests bring along. */
    private final class Watch implements ExecutionInterceptor {
        @Override
        public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
            Optional<? extends RequestOverrideConfiguration> its =
                    context.request().overrideConfiguration();
            Optional<Duration> limit = its.flatMap(RequestOverrideConfiguration::apiCallTimeout)
                    .or(() -> its.flatMap(RequestOverrideConfiguration::apiCallAttemptTimeout));
            limits.put(context.request().getClass().getSimpleName(), limit);
        }
    }

    private static S3StorageNodeBuilder builder(S3Client client) {
        return S3StorageNode.bucket(S3Servers.BUCKET)
                .prefix(UUID.randomUUID().toString())
                .client(client);
    }

    private static void writeAll(StorageNode node) throws IOException {
        node.write(KEY, CONTENT, WriteCondition.ifAbsent());
        node.write(
                KEY,
                new PatternContent(1, S3StorageNodeBuilder.DEFAULT_PART_BYTES + 1),
                WriteCondition.unconditional());
    }

    @Test
    void theTimeOutsOfAHostsOwnClientHold() throws IOException {
        try (S3Client client = client(Duration.ofSeconds(60));
                StorageNode node = builder(client).build()) {
            writeAll(node);
        }
        assertThat(limits).containsKeys("PutObjectRequest", "UploadPartRequest");
        assertThat(limits.values()).as("time-outs of requests").allMatch(Optional::isEmpty);
    }

    @Test
    void aTimeOutThatIsSaidBesideAClientHolds() throws IOException {
        try (S3Client client = client(Duration.ofSeconds(60));
                StorageNode node =
                        builder(client).requestTimeout(Duration.ofSeconds(7)).build()) {
            writeAll(node);
        }
        assertThat(limits.get("PutObjectRequest")).contains(Duration.ofSeconds(21));
        assertThat(limits.get("UploadPartRequest")).isPresent();
    }

    @Test
    void anErrorNamesTheTimeOutThatTheClientHas() throws IOException {
        try (S3Client client = client(Duration.ofMillis(300));
                StorageNode node = builder(client).build()) {
            front.disturb(request -> HttpTrouble.HANG);
            assertThatThrownBy(() -> node.find(KEY)).hasMessageContaining("PT0.3S");
        }
    }

    @Test
    void credentialsThatFailAreNeitherAClosedNodeNorADoubt() throws IOException {
        try (StorageNode node =
                S3Servers.node(front.endpoint()).credentials(vault).build()) {
            node.write(KEY, CONTENT, WriteCondition.ifAbsent());
            vault.isSealed = true;
            assertThatThrownBy(() -> node.find(KEY))
                    .isInstanceOf(StorageException.class)
                    .isNotInstanceOf(StorageClosedException.class)
                    .hasMessageContaining("the credentials provider failed")
                    .hasStackTraceContaining("the vault is sealed");
            assertThatThrownBy(() -> node.write(StorageKey.of("a/c"), CONTENT, WriteCondition.ifAbsent()))
                    .isInstanceOf(StorageException.class)
                    .isNotInstanceOf(StorageClosedException.class)
                    .isNotInstanceOf(WriteOutcomeUnknownException.class)
                    .hasMessageContaining("the credentials provider failed");
            vault.isSealed = false;
            assertThat(node.readAll(KEY)).hasSize(3);
        }
    }

    /** What stops the provider is no outage of the store, and its refusal is one. */
    @Test
    void credentialsThatAreRefusedOrOutOfReachSayNothingOfTheStore() throws IOException {
        try (StorageNode node =
                S3Servers.node(front.endpoint()).credentials(vault).build()) {
            vault.failure = S3Exception.builder()
                    .statusCode(403)
                    .message("the role may not be assumed")
                    .build();
            assertThatThrownBy(() -> node.find(KEY))
                    .isExactlyInstanceOf(StorageDeniedException.class)
                    .hasMessageContaining("the role may not be assumed");
            vault.failure = new UncheckedIOException(new ConnectException("the vault is unplugged"));
            assertThatThrownBy(() -> node.find(KEY))
                    .isExactlyInstanceOf(StorageException.class)
                    .hasMessageContaining("the vault is unplugged")
                    .hasNoCause();
        }
    }

    @Test
    void aFailureInsideAHostsOwnClientIsNoClosedNode() throws IOException {
        try (S3Client client = client(Duration.ofSeconds(60));
                StorageNode node = builder(client).build()) {
            node.write(KEY, CONTENT, WriteCondition.ifAbsent());
            vault.isSealed = true;
            assertThatThrownBy(() -> node.find(KEY))
                    .isInstanceOf(StorageException.class)
                    .isNotInstanceOf(StorageClosedException.class)
                    .hasMessageContaining("the vault is sealed");
        }
    }

    @Test
    void aNodeThatIsClosedSaysSo() throws IOException {
        StorageNode node = S3Servers.node(front.endpoint()).credentials(vault).build();
        node.write(KEY, CONTENT, WriteCondition.ifAbsent());
        node.close();
        assertThatThrownBy(() -> node.find(KEY)).isExactlyInstanceOf(StorageClosedException.class);
    }

    /** Credentials that the host can withdraw. */
    private static final class Vault implements AwsCredentialsProvider {
        private volatile boolean isSealed;
        private volatile @Nullable RuntimeException failure;

        @Override
        public AwsCredentials resolveCredentials() {
            RuntimeException refused = failure;
            if (refused != null) {
                throw refused;
            }
            if (isSealed) {
                throw new IllegalStateException("the vault is sealed");
            }
            return S3Servers.credentials().resolveCredentials();
        }
    }
}
