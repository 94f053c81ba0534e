package io.modelregistry.storage.s3;

import static io.modelregistry.storage.contract.ContractSubject.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.cache.LocalCache;
import io.modelregistry.cache.Offline;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageDeniedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageReadOnlyException;
import io.modelregistry.storage.StorageUnreachableException;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.s3.server.HttpTrouble;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** What a user sees when the store, the way to it or the credentials are not what they should be. */
class S3RefusalsTest {
    private static final StorageKey KEY = StorageKey.of("a/b");

    @TempDir
    Path temporary;

    private S3Front front;

    @BeforeEach
    void start() throws IOException {
        front = S3Servers.frontOfS3proxy();
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

    private void answer(String status, String headers, String content) {
        front.answer(
                request -> Optional.of("HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\nContent-Length: "
                        + ("HEAD".equals(request.method()) ? 0 : content.length()) + "\r\n\r\n"
                        + ("HEAD".equals(request.method()) ? "" : content)));
    }

    /** The SDK would believe another time, for all clients of this process. */
    private static String now() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    }

    private void answerError(String status, String code) {
        answer(
                status,
                "Content-Type: application/xml\r\nx-amz-bucket-region: eu-west-3\r\nDate: " + now() + "\r\n",
                "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>from the test</Message></Error>");
    }

    private static void assertEveryCallIsRefused(StorageNode node, String... words) {
        assertEveryCallIsRefused(node, StorageException.class, words);
    }

    private static void assertEveryCallIsRefused(
            StorageNode node, Class<? extends StorageException> type, String... words) {
        ThrowingCallable[] calls = {() -> node.open(KEY), () -> node.list(KeyPrefix.ROOT, null, 10), () -> create(node)
        };
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(type).satisfies(e -> {
                assertThat(e).isNotInstanceOf(NoSuchKeyException.class);
                if (type == StorageException.class) {
                    assertThat(e).isNotInstanceOf(StorageDeniedException.class);
                }
                for (String word : words) {
                    assertThat(e).hasMessageContaining(word);
                }
            });
        }
    }

    @Test
    void aBucketThatDoesNotExistIsNamedByEveryCall() throws IOException {
        try (StorageNode node = S3StorageNode.bucket("no-such-bucket")
                .endpoint(front.endpoint())
                .pathStyle()
                .credentials(S3Servers.credentials())
                .build()) {
            assertEveryCallIsRefused(node, "there is no bucket 'no-such-bucket'");
            assertThatThrownBy(() -> node.find(KEY)).hasMessageContaining("there is no bucket 'no-such-bucket'");
        }
    }

    @Test
    void wrongCredentialsAreToldFromWrongSecrets() throws IOException {
        try (StorageNode node =
                builder().credentials(credentials("AKIDSOMEBODY", "x")).build()) {
            assertEveryCallIsRefused(node, StorageDeniedException.class, "the store does not know the access key");
        }
        String secret = "not-the-secret";
        String key = S3Servers.credentials().resolveCredentials().accessKeyId();
        try (StorageNode node = builder().credentials(credentials(key, secret)).build()) {
            assertEveryCallIsRefused(
                    node, StorageDeniedException.class, "the secret key does not belong to the access key");
            assertThatThrownBy(() -> node.open(KEY))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret));
        }
    }

    private static StaticCredentialsProvider credentials(String key, String secret) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret));
    }

    @ParameterizedTest
    @CsvSource({
        "403 Forbidden,RequestTimeTooSkewed,the clock of this host is too far from the store's",
        "400 Bad Request,AuthorizationHeaderMalformed,the bucket is in another region (eu-west-3)",
        "301 Moved Permanently,PermanentRedirect,the bucket is in another region (eu-west-3)",
        "503 Slow Down,SlowDown,the store asks to slow down",
    })
    void whatS3AnswersIsExplained(String status, String code, String words) throws IOException {
        answerError(status, code);
        try (StorageNode node = builder().build()) {
            assertEveryCallIsRefused(node, words);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400 Bad Request,ExpiredToken,the session's credentials have expired",
        "400 Bad Request,InvalidToken,the session token is not valid",
        "401 Unauthorized,AccessDenied,is denied",
        "403 Forbidden,AccountProblem,access to",
        "403 Forbidden,SomethingNew,(SomethingNew)",
        "403 Forbidden,InvalidAccessKeyId,the store does not know the access key",
        "403 Forbidden,SignatureDoesNotMatch,the secret key does not belong to the access key",
    })
    void credentialsThatTheStoreRefusesAreToldFromAnOutage(String status, String code, String words)
            throws IOException {
        answerError(status, code);
        try (StorageNode node = builder().build()) {
            assertThatThrownBy(() -> node.open(KEY))
                    .isExactlyInstanceOf(StorageDeniedException.class)
                    .hasMessageContaining(words);
            assertThatThrownBy(() -> node.list(KeyPrefix.ROOT, null, 10))
                    .isExactlyInstanceOf(StorageDeniedException.class)
                    .hasMessageContaining(words);
            assertThatThrownBy(() -> create(node)).isInstanceOf(StorageDeniedException.class);
            assertThatThrownBy(() -> ModelRegistries.builder(node)
                            .leaveNodeOpen()
                            .cache(LocalCache.at(temporary.resolve("cache")).offline(Offline.SERVE_CACHED))
                            .open())
                    .isInstanceOfSatisfying(RegistryException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.DENIED);
                        assertThat(e.isRetryable()).isFalse();
                    })
                    .hasMessageContaining("Cannot open the registry: the store refused")
                    .hasMessageContaining(words);
        }
    }

    @Test
    void anOutageIsNoDenial() throws IOException {
        answerError("503 Service Unavailable", "ServiceUnavailable");
        try (StorageNode node = builder().requestTimeout(Duration.ofSeconds(2)).build()) {
            assertThatThrownBy(() -> node.open(KEY)).isExactlyInstanceOf(StorageUnreachableException.class);
            assertThatThrownBy(
                            () -> ModelRegistries.builder(node).leaveNodeOpen().open())
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE));
        }
    }

    @Test
    void anEndpointThatAnswersWebPagesIsNoStore() throws IOException {
        for (String status : new String[] {"200 OK", "404 Not Found", "403 Forbidden"}) {
            answer(status, "Content-Type: text/html; charset=utf-8\r\n", "<html><body>Welcome</body></html>");
            try (StorageNode node = builder().build()) {
                assertEveryCallIsRefused(node, "expected ");
                assertThatThrownBy(() -> node.find(KEY)).isInstanceOf(StorageException.class);
            }
        }
    }

    @Test
    void readingWithCredentialsThatMayNotWriteWorksAndWritingSaysWhy() throws IOException {
        String prefix = UUID.randomUUID().toString();
        try (StorageNode writer = S3Servers.node(front.endpoint(), prefix).build()) {
            create(writer);
        }
        front.answer(request -> "GET".equals(request.method()) || "HEAD".equals(request.method())
                ? Optional.empty()
                : Optional.of("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: application/xml\r\n"
                        + "Content-Length: 48\r\n\r\n<Error><Code>AccessDenied</Code></Error>        "));
        try (StorageNode reader = S3Servers.node(front.endpoint(), prefix).build()) {
            assertThat(reader.readAll(KEY)).containsExactly(1, 2, 3);
            assertThat(reader.list(KeyPrefix.ROOT, null, 5)).hasSize(1);
            assertRefused(
                    () -> reader.write(KEY, content(), WriteCondition.unconditional()),
                    StorageReadOnlyException.class,
                    "a/b");
            assertThatThrownBy(() -> create(reader)).hasMessageContaining("s3:PutObject");
        }
    }

    @Test
    void aNodeThatIsOpenedReadOnlyNeverProbes() throws IOException {
        front.record();
        try (StorageNode node = builder().readOnly().build()) {
            assertThat(node.find(KEY)).isEmpty();
            assertRefused(() -> create(node), StorageReadOnlyException.class, "a/b");
            assertRefused(() -> node.delete(KEY), StorageReadOnlyException.class, "a/b");
            assertRefused(() -> node.copy(KEY, KEY), StorageReadOnlyException.class, "a/b");
        }
        assertThat(front.requests())
                .allSatisfy(request -> assertThat(request.method()).isIn("GET", "HEAD"));
    }

    @Test
    void aStoreThatIgnoresConditionsIsRefusedAndNamed() throws IOException {
        try (S3Front ignoring = S3Servers.frontOfS3mock();
                StorageNode node = S3Servers.node(ignoring.endpoint()).build()) {
            ignoring.ignoreConditions();
            assertThatThrownBy(() -> create(node))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("Cannot write object 'a/b'")
                    .hasMessageContaining("ignores 'If-None-Match: *'");
            ignoring.record();
            assertThatThrownBy(() -> create(node)).hasMessageContaining("ignores 'If-None-Match: *'");
            assertThat(ignoring.requests()).as("the verdict is remembered").isEmpty();
            assertThat(node.list(KeyPrefix.ROOT, null, 10)).isEmpty();
        }
    }

    @Test
    void aNetworkThatHangsEndsInAnErrorThatNamesTheOperation() throws IOException {
        front.disturb(request -> HttpTrouble.HANG);
        try (StorageNode node = builder().requestTimeout(Duration.ofMillis(200)).build()) {
            assertThatThrownBy(() -> node.open(KEY))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("Cannot open object 'a/b': the store did not answer in time")
                    .hasMessageContaining("PT0.2S");
        }
    }

    @Test
    void anEndpointWhereNobodyListensIsNamed() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (StorageNode node = S3Servers.node(URI.create("http://127.0.0.1:" + port))
                .requestTimeout(Duration.ofSeconds(2))
                .build()) {
            assertEveryCallIsRefused(node, "the endpoint cannot be reached");
        }
        try (StorageNode node = S3Servers.node(URI.create("http://no-such-host.invalid"))
                .requestTimeout(Duration.ofSeconds(2))
                .build()) {
            assertEveryCallIsRefused(node, "the endpoint's host is unknown");
        }
    }
}
