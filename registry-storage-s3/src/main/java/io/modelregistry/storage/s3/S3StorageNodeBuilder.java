package io.modelregistry.storage.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Decides how a node uses S3. What is not decided follows the SDK's usual chain. Not thread-safe. */
public final class S3StorageNodeBuilder {
    /** The size of a part unless the host says otherwise: 8 MiB. */
    public static final int DEFAULT_PART_BYTES = 8 << 20;

    private static final int LEAST_PART_BYTES = 8 << 20;
    private static final int MOST_PART_BYTES = 512 << 20;
    private static final int MOST_THREADS = 64;
    private static final int TRIES = 5;
    private static final int CONNECTIONS = 128;
    private static final Duration CONNECTING = Duration.ofSeconds(5);
    private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final String bucket;
    private String prefix = "";
    private @Nullable Region region;
    private @Nullable URI endpoint;
    private @Nullable AwsCredentialsProvider credentials;
    private @Nullable S3Client client;
    private boolean isPathStyle;
    private boolean isReadOnly;
    private ChecksumMode checksums = ChecksumMode.WHEN_SUPPORTED;
    private Optional<ServerSideEncryption> encryption = Optional.empty();
    private int partBytes = DEFAULT_PART_BYTES;
    private int threads = 4;
    private @Nullable Duration requestTimeout;
    private TransferListener listener = new TransferListener() {};

    S3StorageNodeBuilder(String bucket) {
        if (bucket.isBlank() || bucket.contains("/")) {
            throw new IllegalArgumentException("Cannot use bucket '" + bucket + "', expected the name of a bucket");
        }
        this.bucket = bucket;
    }

    /** The folder in the bucket that belongs to the store, such as {@code prod/models}; by default the whole bucket. */
    public S3StorageNodeBuilder prefix(String folder) {
        String bare = folder.replaceAll("^/+|/+$", "");
        if (!bare.isEmpty()) {
            io.modelregistry.storage.KeyPrefix.of(bare);
            if (bare.length() > MOST_PREFIX) {
                throw new IllegalArgumentException("Cannot use a prefix of %s characters, expected at most %s"
                        .formatted(bare.length(), MOST_PREFIX));
            }
        }
        prefix = bare.isEmpty() ? "" : bare + "/";
        return this;
    }

    private static final int MOST_PREFIX = 100;

    /** The region of the bucket; by default the one of the SDK's usual chain, or {@code us-east-1} with an endpoint. */
    public S3StorageNodeBuilder region(String name) {
        region = Region.of(name);
        return this;
    }

    /** Another endpoint than AWS's for the region, such as {@code http://127.0.0.1:9000}. */
    public S3StorageNodeBuilder endpoint(URI uri) {
        if (uri.getScheme() == null || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException("Cannot use the endpoint, expected http(s)://host[:port], no secrets");
        }
        endpoint = uri;
        return this;
    }

    /** Names the bucket in the path of a request instead of the host, as most stores other than AWS's need it. */
    public S3StorageNodeBuilder pathStyle() {
        isPathStyle = true;
        return this;
    }

    /** Where credentials come from; by default the SDK's usual chain. The host closes it. */
    public S3StorageNodeBuilder credentials(AwsCredentialsProvider provider) {
        credentials = Objects.requireNonNull(provider, "provider");
        return this;
    }

    /**
     * A client of the host's own, which the host closes. Region, endpoint, credentials and time-outs are then what this
     * client has (links need {@link #pathStyle} to be told; a {@link #requestTimeout} that is said all the same holds
     * for requests that send bytes); it should not calculate checksums unless required, as the node sends its own.
     */
    public S3StorageNodeBuilder client(S3Client ready) {
        client = Objects.requireNonNull(ready, "ready");
        return this;
    }

    /** When requests carry checksums; by default {@link ChecksumMode#WHEN_SUPPORTED}. */
    public S3StorageNodeBuilder checksums(ChecksumMode mode) {
        checksums = Objects.requireNonNull(mode, "mode");
        return this;
    }

    /** How the store encrypts what is written; by default as the bucket is configured. */
    public S3StorageNodeBuilder encryption(ServerSideEncryption how) {
        encryption = Optional.of(how);
        return this;
    }

    /** The size of the parts of large objects in bytes, 8 MiB to 512 MiB; also the most of a conditional write. */
    public S3StorageNodeBuilder partBytes(int bytes) {
        partBytes = (int) checked("part size", bytes, LEAST_PART_BYTES, MOST_PART_BYTES);
        return this;
    }

    /** How many parts of one object are on their way at a time, 1 to 64; by default 4. */
    public S3StorageNodeBuilder threads(int number) {
        threads = (int) checked("number of threads", number, 1, MOST_THREADS);
        return this;
    }

    /**
     * How long one try of a request may take; by default 30 seconds. With all its tries it may take three times as
     * long. Reading the bytes of an answer may take longer, as long as some arrive.
     */
    public S3StorageNodeBuilder requestTimeout(Duration limit) {
        checked(
                "request time-out in milliseconds",
                limit.toMillis(),
                10,
                Duration.ofHours(1).toMillis());
        requestTimeout = limit;
        return this;
    }

    /** Hears how large transfers get on. */
    public S3StorageNodeBuilder listener(TransferListener hears) {
        listener = Objects.requireNonNull(hears, "hears");
        return this;
    }

    /** Refuses every write, so that the store is never probed. */
    public S3StorageNodeBuilder readOnly() {
        isReadOnly = true;
        return this;
    }

    /**
     * Makes the node. Nothing is asked of the store yet.
     *
     * @throws IllegalArgumentException if no region is given and the SDK's usual chain names none
     */
    public S3StorageNode build() {
        Location location = new Location(bucket, prefix);
        S3Client given = client;
        Settings settings = new Settings(checksums, encryption, partBytes, threads, newTimeLimits(given), listener);
        if (given != null) {
            Bucket shared = new Bucket(new Bucket.Clients(given, given), location, settings, newThreads());
            PresignedLinks links = new PresignedLinks(location, () -> newPresigner(given));
            return new S3StorageNode(shared, links, () -> {}, isReadOnly);
        }
        SdkHttpClient http = newHttpClient(settings.limits());
        try {
            S3Client retrying = newClient(http, settings, TRIES);
            Bucket.Clients clients = new Bucket.Clients(retrying, newClient(http, settings, 1));
            return new S3StorageNode(
                    new Bucket(clients, location, settings, newThreads()),
                    new PresignedLinks(location, this::newPresigner),
                    () -> close(clients, http),
                    isReadOnly);
        } catch (SdkClientException e) {
            http.close();
            throw new IllegalArgumentException(
                    "Cannot make a client for bucket '%s': no region is known, expected region(...), ?region=... or AWS_REGION"
                            .formatted(bucket),
                    e);
        }
    }

    private static void close(Bucket.Clients clients, SdkHttpClient http) {
        try {
            clients.retrying().close();
            clients.once().close();
        } finally {
            http.close();
        }
    }

    private TimeLimits newTimeLimits(@Nullable S3Client given) {
        Duration said = requestTimeout;
        if (given == null || said != null) {
            return TimeLimits.ours(said == null ? DEFAULT_REQUEST_TIMEOUT : said);
        }
        ClientOverrideConfiguration its = given.serviceClientConfiguration().overrideConfiguration();
        return TimeLimits.ofTheClient(
                its.apiCallAttemptTimeout().or(its::apiCallTimeout).orElse(DEFAULT_REQUEST_TIMEOUT));
    }

    private static SdkHttpClient newHttpClient(TimeLimits limits) {
        return Apache5HttpClient.builder()
                .maxConnections(CONNECTIONS)
                .connectionTimeout(CONNECTING)
                .socketTimeout(limits.ofATry())
                .connectionAcquisitionTimeout(limits.ofATry().dividedBy(2))
                .tcpKeepAlive(true)
                .build();
    }

    private S3Client newClient(SdkHttpClient http, Settings settings, int tries) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .overrideConfiguration(
                        config -> config.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                        .maxAttempts(tries)
                                        .build())
                                .apiCallAttemptTimeout(settings.limits().ofATry())
                                .apiCallTimeout(settings.callTimeout()))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(serviceConfiguration())
                .region(regionOrDefault());
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        if (credentials != null) {
            builder.credentialsProvider(new HostCredentials<>(credentials));
        }
        return builder.build();
    }

    private S3Configuration serviceConfiguration() {
        return S3Configuration.builder()
                .pathStyleAccessEnabled(isPathStyle)
                .chunkedEncodingEnabled(false)
                .expectContinueEnabled(false)
                .build();
    }

    private @Nullable Region regionOrDefault() {
        return region == null && endpoint != null ? Region.US_EAST_1 : region;
    }

    /** Signs as a client of the host's would. */
    private S3Presigner newPresigner(S3Client given) {
        S3ServiceClientConfiguration configuration = given.serviceClientConfiguration();
        S3Presigner.Builder builder = S3Presigner.builder()
                .serviceConfiguration(serviceConfiguration())
                .credentialsProvider(new HostCredentials<>(configuration.credentialsProvider()));
        if (configuration.region() != null) {
            builder.region(configuration.region());
        }
        configuration.endpointOverride().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private S3Presigner newPresigner() {
        S3Presigner.Builder builder = S3Presigner.builder().serviceConfiguration(serviceConfiguration());
        Region where = regionOrDefault();
        if (where != null) {
            builder.region(where);
        }
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        if (credentials != null) {
            builder.credentialsProvider(new HostCredentials<>(credentials));
        }
        return builder.build();
    }

    private ExecutorService newThreads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "s3-" + bucket + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    private static long checked(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "Cannot use a %s of %s, expected %s to %s".formatted(what, value, least, most));
        }
        return value;
    }
}
