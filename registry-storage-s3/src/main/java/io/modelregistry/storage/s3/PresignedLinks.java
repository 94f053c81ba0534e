package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Makes links that carry a signature of their own (SigV4 query parameters). Thread-safe. */
final class PresignedLinks implements AutoCloseable {
    /** What SigV4 allows. */
    static final Duration LONGEST = Duration.ofDays(7);

    private final Location location;
    private final Supplier<S3Presigner> presigners;
    private @Nullable S3Presigner presigner;

    PresignedLinks(Location location, Supplier<S3Presigner> presigners) {
        this.location = location;
        this.presigners = presigners;
    }

    URI link(String action, StorageKey key, Duration validFor) throws IOException {
        if (validFor.compareTo(Duration.ofSeconds(1)) < 0 || validFor.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "Cannot %s for %s, expected 1 second to %s".formatted(action, validFor, LONGEST));
        }
        try {
            return presigner()
                    .presignGetObject(request -> request.signatureDuration(validFor)
                            .getObjectRequest(
                                    get -> get.bucket(location.bucket()).key(location.nameOf(key))))
                    .url()
                    .toURI();
        } catch (SdkException | URISyntaxException e) {
            throw new StorageException(
                    key,
                    "Cannot %s: it could not be signed (%s), expected credentials and a region"
                            .formatted(action, e.getClass().getSimpleName()),
                    e);
        }
    }

    private synchronized S3Presigner presigner() {
        S3Presigner known = presigner;
        if (known == null) {
            known = presigners.get();
            presigner = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        if (presigner != null) {
            presigner.close();
        }
    }
}
