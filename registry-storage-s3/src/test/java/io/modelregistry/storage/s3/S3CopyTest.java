package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.contract.PatternContent;
import io.modelregistry.storage.s3.server.HttpTrouble;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;

/** Copies inside the store whose replies are lost; here in parts from 5 MiB on, to be quick. */
@Timeout(120)
class S3CopyTest {
    private static final StorageKey FROM = StorageKey.of("a/from");
    private static final StorageKey TO = StorageKey.of("a/to");
    private static final int PART = 5 << 20;
    private static final int SIZE = 2 * PART + 12_345;

    private final String prefix = UUID.randomUUID().toString();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private S3Front front;
    private StorageNode node;
    private S3Client client;
    private ObjectCopier copier;

    @BeforeEach
    void start() throws IOException {
        front = S3Servers.frontOfS3mock();
        node = S3Servers.node(front.endpoint(), prefix).build();
        client = S3Servers.client(front.endpoint());
        Settings settings = new Settings(
                ChecksumMode.WHEN_SUPPORTED,
                Optional.empty(),
                S3StorageNodeBuilder.DEFAULT_PART_BYTES,
                4,
                TimeLimits.ours(Duration.ofSeconds(20)),
                new TransferListener() {});
        Bucket bucket = new Bucket(
                new Bucket.Clients(client, client), new Location(S3Servers.BUCKET, prefix + "/"), settings, threads);
        copier = new ObjectCopier(bucket, new ObjectReader(bucket, new PartBuffers(PART, 1)), PART);
        node.write(FROM, new PatternContent(7, SIZE), WriteCondition.unconditional());
        front.record();
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
        client.close();
        threads.shutdown();
        front.close();
    }

    private static boolean isCompletion(S3Front.Request request) {
        return "POST".equals(request.method()) && request.target().contains("uploadId=");
    }

    private long ends() {
        return front.requests().stream()
                .filter(request ->
                        "DELETE".equals(request.method()) && request.target().contains("uploadId="))
                .count();
    }

    private void assertIsCopied() throws IOException {
        assertThat(Arrays.equals(node.readAll(TO), PatternContent.bytes(7, SIZE)))
                .as("the bytes of the source")
                .isTrue();
    }

    @Test
    void aLargeObjectIsCopiedInParts() throws IOException {
        StoredObject copied = copier.copy(FROM, TO);
        assertThat(copied.size()).isEqualTo(SIZE);
        assertThat(front.requests()).filteredOn(S3CopyTest::isCompletion).hasSize(1);
        assertIsCopied();
    }

    /** The second try of the client is told that there is no such upload, as the first has completed it. */
    @ParameterizedTest
    @EnumSource(
            value = HttpTrouble.class,
            names = {"LOSE_REPLY", "ERROR_500_AFTER"})
    void aCompletionWhoseReplyIsLostIsFoundOut(HttpTrouble trouble) throws IOException {
        AtomicInteger completions = new AtomicInteger();
        front.answer(request -> isCompletion(request) && completions.incrementAndGet() > 1
                ? Optional.of("HTTP/1.1 404 Not Found\r\nContent-Type: application/xml\r\nConnection: close\r\n"
                        + "Content-Length: 40\r\n\r\n<Error><Code>NoSuchUpload</Code></Error>")
                : Optional.empty());
        front.disturb(request -> isCompletion(request) ? trouble : HttpTrouble.NONE);
        StoredObject copied = copier.copy(FROM, TO);
        assertThat(completions.get()).as("completions").isEqualTo(2);
        assertThat(copied.size()).isEqualTo(SIZE);
        assertThat(copied.etag()).isEqualTo(node.find(TO).orElseThrow().etag());
        assertThat(ends()).as("ends of the upload").isZero();
        assertIsCopied();
    }

    @Test
    void aCompletionThatMayStillComeIsUnknownAndIsNotEnded() throws IOException {
        front.disturb(request -> isCompletion(request) ? HttpTrouble.ERROR_500 : HttpTrouble.NONE);
        assertThatThrownBy(() -> copier.copy(FROM, TO))
                .isExactlyInstanceOf(WriteOutcomeUnknownException.class)
                .hasMessageContaining("Cannot tell whether object 'a/to' was written");
        assertThat(ends()).as("ends of the upload").isZero();
    }

    @Test
    void aCopyThatCertainlyFailedEndsItsUpload() throws IOException {
        front.answer(request -> isCompletion(request)
                ? Optional.of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                : Optional.empty());
        assertThatThrownBy(() -> copier.copy(FROM, TO))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessageContaining("Cannot copy object 'a/from'");
        assertThat(ends()).as("ends of the upload").isEqualTo(1);
        assertThat(node.find(TO)).isEmpty();
    }

    @Test
    void aCopyAtOnceWhoseRepliesAreLostIsUnknown() throws IOException {
        front.disturb(request -> "PUT".equals(request.method()) ? HttpTrouble.ERROR_500_AFTER : HttpTrouble.NONE);
        assertThatThrownBy(() -> node.copy(FROM, TO))
                .isExactlyInstanceOf(WriteOutcomeUnknownException.class)
                .hasMessageContaining("Cannot tell whether object 'a/to' was written");
        front.disturb(request -> HttpTrouble.NONE);
        assertIsCopied();
    }
}
