package io.modelregistry.storage.s3;

import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;

/** What the parts of a node share: the client, the place, and how requests are sent. Thread-safe. */
final class Bucket {
    private static final Logger LOG = LoggerFactory.getLogger(Bucket.class);

    final S3Client client;
    /** Sends each request once, where that is possible: for those whose second try may meet the first. */
    final S3Client once;

    final Location location;
    final Settings settings;
    final Failures failures;
    final ExecutorService threads;
    private volatile boolean isKnownToExist;

    Bucket(Clients clients, Location location, Settings settings, ExecutorService threads) {
        client = clients.retrying;
        once = clients.once;
        this.location = location;
        this.settings = settings;
        this.threads = threads;
        failures = new Failures(location, settings.limits().ofATry(), threads::isShutdown);
    }

    /**
     * How requests are sent.
     *
     * @param retrying tries again what may be tried again
     * @param once does not, if the host has left it to us
     */
    record Clients(S3Client retrying, S3Client once) {}

    /** Sends a request that reads. */
    <T> T read(String action, @Nullable StorageKey key, Function<S3Client, T> request) throws StorageException {
        try {
            T answer = guarded(() -> request.apply(client));
            isKnownToExist = true;
            return answer;
        } catch (SdkException e) {
            throw failures.reading(action, key, e);
        }
    }

    /** Sends a request; that the node or the client was closed meanwhile is a failure like others. */
    <T> T guarded(Supplier<T> request) {
        try {
            return request.get();
        } catch (RejectedExecutionException | IllegalStateException e) {
            throw SdkClientException.create("The client cannot send requests now", e);
        }
    }

    /** Lets no further request in, and waits for those that write. */
    void endThreads() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Closing the node at {} while requests are under way", location);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The endpoint, or else the region. */
    String place() {
        S3ServiceClientConfiguration configuration = client.serviceClientConfiguration();
        return configuration
                .endpointOverride()
                .map(URI::toString)
                .orElseGet(() -> String.valueOf(configuration.region()));
    }

    /** Tells that the store has answered for the bucket. */
    void exists() {
        isKnownToExist = true;
    }

    /**
     * Makes sure that the bucket exists: the answer that there is no such object does not always say whether that is
     * because there is no such bucket.
     */
    void checkExists(String action, StorageKey key) throws StorageException {
        if (!isKnownToExist) {
            try {
                client.headBucket(request -> request.bucket(location.bucket()));
            } catch (SdkException e) {
                if (Failures.status(e) == Failures.NOT_FOUND) {
                    throw new StorageException(
                            key,
                            "Cannot %s: there is no bucket '%s', expected the name of an existing one"
                                    .formatted(action, location.bucket()),
                            e);
                }
                if (Failures.status(e) != Failures.FORBIDDEN) {
                    throw failures.reading(action, key, e);
                }
            }
            isKnownToExist = true;
        }
    }

    /**
     * Runs a request in another thread, where an interrupt of the calling one cannot tear it: whether it took effect
     * would not be known. The interrupt is still there afterwards.
     */
    <T> T uninterrupted(Supplier<T> request) {
        Future<T> answer = guarded(() -> threads.submit(() -> guarded(request)));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw unchecked(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unchecked(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
    }

    static NoSuchKeyException missing(String action, StorageKey key, @Nullable Throwable cause) {
        return new NoSuchKeyException(
                key, "Cannot %s: there is none, expected an existing key".formatted(action), cause);
    }

    /**
     * The etag of an answer, without quotes: some servers compare them as texts.
     *
     * @throws StorageException if there is none, so that this is no S3 server
     */
    static String etag(@Nullable String etag, String action, StorageKey key) throws IOException {
        return etag(etag)
                .orElseThrow(() -> new StorageException(
                        key,
                        "Cannot %s: the endpoint's answer has no ETag, expected one of an S3 server".formatted(action),
                        null));
    }

    /** The etag of an answer, without quotes; empty if there is none. */
    static Optional<String> etag(@Nullable String etag) {
        return Optional.ofNullable(etag)
                .map(text -> text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                        ? text.substring(1, text.length() - 1)
                        : text)
                .filter(text -> !text.isEmpty());
    }

    /** When the store answered, by its own clock. */
    static Instant date(SdkHttpResponse answer) {
        try {
            return answer.firstMatchingHeader("Date")
                    .map(date -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
                    .orElse(Instant.EPOCH);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH; // It is for people only.
        }
    }
}
