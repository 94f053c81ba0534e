package io.modelregistry.storage.s3;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Writes objects with one request.
 *
 * <p>A store may answer 412 or nothing at all to a write that it has carried out: because the answer of the first try
 * was lost, and the second met the first. So each write has a mark of its own in the object's metadata, and whatever is
 * not a plain yes or no is found out by reading it back. What that cannot tell (our object may have been written and
 * replaced by another since) is reported as unknown.
 */
final class SmallWrite {
    private static final int TRIES = 8;
    private static final long PAUSE_NANOS = 20_000_000;

    private final Bucket bucket;
    private final ObjectReader reader;

    SmallWrite(Bucket bucket, ObjectReader reader) {
        this.bucket = bucket;
        this.reader = reader;
    }

    StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        byte[] bytes = Source.bytesOf(key, content);
        return put(key, bytes, condition);
    }

    /** Writes bytes. */
    StoredObject put(StorageKey key, byte[] bytes, WriteCondition condition) throws IOException {
        WriteMark mark = WriteMark.random();
        PutObjectRequest request = request(key, bytes, condition, mark);
        S3Client client = condition instanceof WriteCondition.Unconditional ? bucket.client : bucket.once;
        String action = "write object '" + key + "'";
        boolean doubtful = false;
        SdkException last = null;
        long begun = System.nanoTime();
        for (int tries = 0; tries < TRIES && (tries == 0 || System.nanoTime() - begun < limitNanos()); tries++) {
            if (last != null) {
                pause(tries);
            }
            try {
                PutObjectResponse answer =
                        bucket.uninterrupted(() -> client.putObject(request, RequestBody.fromBytes(bytes)));
                bucket.exists();
                Optional<String> etag = Bucket.etag(answer.eTag());
                if (etag.isPresent()) {
                    return new StoredObject(key, bytes.length, etag.get(), Bucket.date(answer.sdkHttpResponse()));
                }
                last = SdkClientException.create("the answer to it has no ETag"); // It may be there all the same.
                doubtful = true;
            } catch (SdkException e) {
                last = e;
                doubtful |= Failures.isDoubtful(e);
            }
            if (!doubtful && (Failures.isBusy(last) || Failures.status(last) == Failures.CONFLICT)) {
                continue; // Nothing was done.
            }
            if (!doubtful && !isConflict(last, condition)) {
                throw bucket.failures.writing(action, key, last);
            }
            Optional<HeadObjectResponse> there = head(action, key, last);
            if (there.isPresent() && mark.isOn(there.get())) {
                return stored(key, bytes.length, there.get(), last);
            }
            if (!doubtful) {
                throw conflict(key, condition, last);
            }
            checkNotReplaced(key, condition, there, last);
        }
        throw doubtful
                ? unknown(key, bucket.failures.why(notNull(last)), last)
                : bucket.failures.writing(action, key, notNull(last));
    }

    private long limitNanos() {
        return bucket.settings.callTimeout().toNanos();
    }

    private static SdkException notNull(@Nullable SdkException e) {
        if (e == null) {
            throw new IllegalStateException("No try has failed");
        }
        return e;
    }

    private static boolean isConflict(SdkException e, WriteCondition condition) {
        if (condition instanceof WriteCondition.Unconditional) {
            return false;
        }
        return Failures.status(e) == Failures.PRECONDITION_FAILED
                || (condition instanceof WriteCondition.IfMatches && Failures.isMissing(e));
    }

    /** What is there now. */
    private Optional<HeadObjectResponse> head(String action, StorageKey key, SdkException doubt) throws IOException {
        try {
            return bucket.uninterrupted(() -> headUnchecked(action, key));
        } catch (UncheckedIOException | SdkException e) {
            doubt.addSuppressed(e);
            throw unknown(key, bucket.failures.why(doubt) + ", and reading it back failed", doubt);
        }
    }

    private Optional<HeadObjectResponse> headUnchecked(String action, StorageKey key) {
        try {
            return reader.head(action, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Our object: it has the size that was sent, whether the store says so or not. */
    private StoredObject stored(StorageKey key, long size, HeadObjectResponse head, SdkException doubt)
            throws StorageException {
        String etag = Bucket.etag(head.eTag())
                .orElseThrow(() -> unknown(key, bucket.failures.why(doubt) + ", and what is there has no ETag", doubt));
        return new StoredObject(
                key, size, etag, Optional.ofNullable(head.lastModified()).orElse(Instant.EPOCH));
    }

    /**
     * After a doubtful try that has not left its object: it can be tried again if what was to be replaced is there.
     *
     * @throws WriteOutcomeUnknownException if something else is there, which may have replaced our object
     */
    private void checkNotReplaced(
            StorageKey key, WriteCondition condition, Optional<HeadObjectResponse> there, SdkException doubt)
            throws StorageException {
        boolean isAsBefore = there.isEmpty() || condition instanceof WriteCondition.Unconditional;
        if (condition instanceof WriteCondition.IfMatches matches) {
            isAsBefore = there.flatMap(head -> Bucket.etag(head.eTag()))
                    .filter(matches.etag()::equals)
                    .isPresent();
        }
        if (!isAsBefore) {
            throw unknown(key, bucket.failures.why(doubt) + ", and another object is there now", doubt);
        }
    }

    private PutObjectRequest request(StorageKey key, byte[] bytes, WriteCondition condition, WriteMark mark) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(bucket.location.bucket())
                .key(bucket.location.nameOf(key))
                .metadata(mark.metadata())
                .overrideConfiguration(bucket.settings.limits().timeFor(bytes.length));
        if (condition instanceof WriteCondition.IfAbsent) {
            request.ifNoneMatch("*");
        } else if (condition instanceof WriteCondition.IfMatches matches) {
            request.ifMatch(matches.etag());
        }
        if (bucket.settings.sendsChecksums()) {
            request.checksumCRC32C(Checksums.crc32c(bytes, bytes.length));
        }
        bucket.settings.encryption().ifPresent(encryption -> {
            request.serverSideEncryption(encryption.algorithm());
            encryption.kmsKey().ifPresent(request::ssekmsKeyId);
        });
        return request.build();
    }

    private static WriteConflictException conflict(StorageKey key, WriteCondition condition, SdkException e) {
        String message = condition instanceof WriteCondition.IfMatches matches
                ? "Cannot replace object '%s': %s, expected etag %s"
                        .formatted(
                                key,
                                Failures.status(e) == Failures.NOT_FOUND ? "there is none" : "it has another etag",
                                matches.etag())
                : "Cannot create object '%s': it exists, expected no object at the key".formatted(key);
        return new WriteConflictException(key, message, e);
    }

    private static StorageException unknown(StorageKey key, String why, @Nullable Throwable cause) {
        return new WriteOutcomeUnknownException(
                key,
                "Cannot tell whether object '%s' was written: %s, expected to read it back".formatted(key, why),
                cause);
    }

    /** Waits longer from try to try, and never as long as somebody else. */
    private static void pause(int tries) {
        long most = PAUSE_NANOS << Math.min(tries, 6);
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 4, most));
    }
}
