package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.contract.DisturbedContent;
import io.modelregistry.storage.contract.PatternContent;
import io.modelregistry.storage.s3.server.HttpTrouble;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;

/** What a node does when requests, readers and its end come at awkward moments. */
@Timeout(300)
class S3StorageNodeTest {
    private static final StorageKey KEY = StorageKey.of("a/b");
    private static final StorageKey LARGE = StorageKey.of("a/large");
    private static final int LARGE_SIZE = 5 * S3StorageNodeBuilder.DEFAULT_PART_BYTES;

    private S3Front front;

    @BeforeEach
    void start() throws IOException {
        front = S3Servers.frontOfS3mock();
    }

    @AfterEach
    void stop() throws IOException {
        front.close();
    }

    private S3StorageNodeBuilder builder() {
        return S3Servers.node(front.endpoint());
    }

    private static Content content() {
        return Content.of(new byte[] {1, 2, 3});
    }

    private static void create(StorageNode node) throws IOException {
        node.write(KEY, content(), WriteCondition.ifAbsent());
    }

    private void onceFor(Predicate<S3Front.Request> which, HttpTrouble trouble) {
        AtomicInteger met = new AtomicInteger();
        front.disturb(request -> which.test(request) && met.incrementAndGet() == 1 ? trouble : HttpTrouble.NONE);
    }

    private static String page(String status, String type) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + type
                + "\r\nConnection: close\r\nContent-Length: 18\r\n\r\n404 page not found";
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpTrouble.class,
            names = {"LOSE_REPLY", "ERROR_500_AFTER", "ERROR_500", "SLOW_DOWN", "REPEAT"})
    void aReplyThatIsLostWhileTheStoreIsProbedIsNoVerdict(HttpTrouble trouble) throws IOException {
        for (int number = 1; number <= 6; number++) {
            int which = number;
            AtomicInteger requests = new AtomicInteger();
            front.disturb(request -> requests.incrementAndGet() == which ? trouble : HttpTrouble.NONE);
            try (StorageNode node = builder().build()) {
                try {
                    create(node);
                } catch (StorageException e) {
                    assertThat(e.getMessage()).doesNotContain("ignores").doesNotContain("refuses 'If-Match'");
                    node.write(KEY, content(), WriteCondition.unconditional());
                }
                assertThat(node.readAll(KEY)).containsExactly(1, 2, 3);
            }
        }
    }

    @Test
    void aWebPageInsteadOfTheStoreIsNoVerdict() throws IOException {
        try (StorageNode node = builder().build()) {
            front.answer(request -> Optional.of(page("200 OK", "text/html")));
            assertThatThrownBy(() -> create(node)).isInstanceOf(StorageException.class);
            front.answer(request -> Optional.empty());
            create(node);
            assertThat(node.readAll(KEY)).hasSize(3);
        }
    }

    @Test
    void anAnswerOfAGatewayIsNotThatThereIsNoObject() throws IOException {
        try (StorageNode node = builder().build()) {
            create(node);
            front.answer(request -> Optional.of(page("404 Not Found", "text/plain; charset=utf-8")));
            for (IoCall call : new IoCall[] {() -> node.find(KEY), () -> node.open(KEY)}) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(StorageException.class)
                        .isNotInstanceOf(NoSuchKeyException.class);
            }
        }
    }

    private interface IoCall {
        Object run() throws IOException;
    }

    @Test
    void aConditionalWriteThatIsAskedToWaitIsTriedAgain() throws IOException {
        try (StorageNode node = builder().build()) {
            create(node);
            AtomicInteger asked = new AtomicInteger();
            front.answer(request -> request.isConditional() && asked.incrementAndGet() < 3
                    ? Optional.of("HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                    : Optional.empty());
            String etag = node.find(KEY).orElseThrow().etag();
            node.write(KEY, Content.of(new byte[1]), WriteCondition.ifMatches(etag));
            assertThat(asked.get()).isEqualTo(3);
        }
    }

    @Test
    void readersThatStandStillDoNotStopWriters() throws IOException {
        List<OpenObject> idle = new ArrayList<>();
        try (StorageNode node = builder().build()) {
            node.write(LARGE, new PatternContent(1, LARGE_SIZE), WriteCondition.unconditional());
            for (int i = 0; i < 3; i++) {
                OpenObject open = node.open(LARGE);
                idle.add(open);
                open.stream().readNBytes(1 << 20);
            }
            node.write(StorageKey.of("a/other"), new PatternContent(2, LARGE_SIZE), WriteCondition.unconditional());
            for (OpenObject open : idle) {
                open.close();
            }
        }
    }

    @Test
    void closingWaitsForAWriteThatIsUnderWay() throws Exception {
        StorageNode node = builder().build();
        create(node);
        CountDownLatch sent = new CountDownLatch(1);
        front.disturb(request -> {
            sent.countDown();
            return HttpTrouble.SLOW;
        });
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                node.write(StorageKey.of("a/c"), content(), WriteCondition.ifAbsent());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        sent.await();
        node.close();
        writing.get();
    }

    @Test
    void whatGoesOnWhenTheNodeIsClosedEndsInATypedError() throws Exception {
        S3StorageNode node = builder().build();
        node.write(LARGE, new PatternContent(1, LARGE_SIZE), WriteCondition.unconditional());
        OpenObject open = node.open(LARGE);
        open.stream().readNBytes(1_000);
        DisturbedContent closing = new DisturbedContent(LARGE_SIZE, LARGE_SIZE).disturbedBy(node::close);
        assertThatThrownBy(() -> node.write(StorageKey.of("a/other"), closing, WriteCondition.unconditional()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> {
                    while (open.stream().read(new byte[1 << 16]) >= 0) {
                        Thread.onSpinWait();
                    }
                    node.find(KEY);
                })
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> node.find(KEY)).isExactlyInstanceOf(StorageClosedException.class);
    }

    @Test
    void aLinkOfAHostsOwnClientLeadsToItsStore() throws Exception {
        try (S3Client client = S3Servers.client(S3Servers.s3proxy())) {
            try (S3StorageNode node = S3StorageNode.bucket(S3Servers.BUCKET)
                    .prefix(UUID.randomUUID().toString())
                    .client(client)
                    .pathStyle()
                    .build()) {
                create(node);
                URI link = node.findDownloadLink(KEY, Duration.ofMinutes(1)).orElseThrow();
                HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(answer.body()).containsExactly(1, 2, 3);
            }
            assertThat(client.listBuckets().buckets())
                    .as("the host's client stays open")
                    .isNotEmpty();
        }
    }

    @Test
    void theHostsCredentialsProviderStaysOpen() throws IOException {
        ClosingProvider provider = new ClosingProvider();
        try (S3StorageNode node = builder().credentials(provider).build()) {
            create(node);
            assertThat(node.findDownloadLink(KEY, Duration.ofMinutes(1))).isPresent();
        }
        assertThat(provider.closes).isZero();
    }

    private static final class ClosingProvider implements AwsCredentialsProvider, AutoCloseable {
        private int closes;

        @Override
        public AwsCredentials resolveCredentials() {
            return S3Servers.credentials().resolveCredentials();
        }

        @Override
        public void close() {
            closes++;
        }
    }

    /** The first try of the client takes effect and is answered 500, the second is answered 412. */
    @Test
    void aClientThatRepeatsRequestsIsNotBelievedThatAWriteWasRefused() throws IOException {
        try (S3Client client = S3Servers.client(front.endpoint());
                S3StorageNode node = S3StorageNode.bucket(S3Servers.BUCKET)
                        .prefix(UUID.randomUUID().toString())
                        .client(client)
                        .build()) {
            node.write(StorageKey.of("probed"), content(), WriteCondition.ifAbsent());
            onceFor(S3Front.Request::isConditional, HttpTrouble.ERROR_500_AFTER);
            create(node);
            onceFor(S3Front.Request::isConditional, HttpTrouble.REPEAT);
            node.write(StorageKey.of("a/c"), content(), WriteCondition.ifAbsent());
            assertThat(node.readAll(StorageKey.of("a/c"))).hasSize(3);
        }
    }

    @Test
    void aWriteThatIsInterruptedIsDoneAndTheInterruptStays() throws IOException, ExecutionException {
        try (StorageNode node = builder().build()) {
            create(node);
            String etag = node.find(KEY).orElseThrow().etag();
            Thread.currentThread().interrupt();
            String now = node.write(KEY, Content.of(new byte[1]), WriteCondition.ifMatches(etag))
                    .etag();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(node.find(KEY).orElseThrow().etag()).isEqualTo(now);
        }
    }
}
