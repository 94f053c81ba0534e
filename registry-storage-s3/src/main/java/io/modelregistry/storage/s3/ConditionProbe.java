package io.modelregistry.storage.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Finds out, before the first write of a node, whether the store honours the conditions that everything rests on, and
 * refuses one that does not. It writes one object beside those of the node, under a name that no key has, and deletes
 * it. The verdict is remembered. Thread-safe.
 */
final class ConditionProbe {
    private static final Logger LOG = LoggerFactory.getLogger(ConditionProbe.class);
    private static final int TRIES = 5;
    private static final long PAUSE_NANOS = 100_000_000;
    private static final int NOT_IMPLEMENTED = 501;
    private static final byte[] FIRST = "first".getBytes(US_ASCII);
    private static final byte[] SECOND = "second".getBytes(US_ASCII);
    private static final byte[] THIRD = "third".getBytes(US_ASCII);
    private static final String WRONG_ETAG = "00000000000000000000000000000000";

    private final Bucket bucket;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean isSound;
    private @Nullable String refusal;
    private @Nullable SdkException failure;

    ConditionProbe(Bucket bucket) {
        this.bucket = bucket;
    }

    /** Makes sure that the store honours conditions; asks it once. */
    void check(String action, StorageKey key) throws IOException {
        if (!isSound) {
            checkOnce(action, key, failures.get());
        }
    }

    private synchronized void checkOnce(String action, StorageKey key, int failuresBefore) throws IOException {
        if (isSound) {
            return;
        }
        SdkException known = failure;
        if (known != null && failures.get() != failuresBefore) {
            throw bucket.failures.writing(action, key, known); // It failed for those who waited, too.
        }
        if (refusal == null) {
            try {
                refusal = probeAgain().refusal;
            } catch (SdkException e) {
                failure = e;
                failures.incrementAndGet();
                throw bucket.failures.writing(action, key, e);
            }
        }
        if (refusal != null) {
            throw new StorageException(
                    key,
                    "Cannot %s: the store at %s %s, expected one that honours conditional writes (docs/storage-s3.md)"
                            .formatted(action, bucket.location, refusal),
                    null);
        }
        isSound = true;
    }

    /** What a busy store or a lost reply has left open is asked again. */
    private Verdict probeAgain() {
        for (int tries = 1; ; tries++) {
            try {
                return bucket.uninterrupted(this::probe);
            } catch (SdkException e) {
                boolean isPassing = e instanceof AwsServiceException && (Failures.isDoubtful(e) || Failures.isBusy(e));
                if (!isPassing || tries == TRIES) {
                    throw e;
                }
                LOG.debug("The store at {} is probed again", bucket.location, e);
                LockSupport.parkNanos(tries * PAUSE_NANOS);
            }
        }
    }

    private record Verdict(@Nullable String refusal) {}

    private Verdict probe() {
        String name = bucket.location.prefix() + ".probe-" + UUID.randomUUID();
        WriteMark mark = WriteMark.random();
        begin(name, mark);
        try {
            return new Verdict(refusal(name, mark));
        } catch (SdkException e) {
            if (Failures.status(e) == NOT_IMPLEMENTED) {
                return new Verdict("does not implement conditions: " + bucket.failures.why(e));
            }
            throw e;
        } finally {
            delete(name);
        }
    }

    private void begin(String name, WriteMark mark) {
        try {
            put(FIRST, request(name).ifNoneMatch("*").metadata(mark.metadata()));
            bucket.exists();
        } catch (SdkException e) {
            if (Failures.isDoubtful(e)) {
                delete(name);
            }
            throw e;
        }
    }

    private void delete(String name) {
        try {
            bucket.client.deleteObject(
                    request -> request.bucket(bucket.location.bucket()).key(name));
        } catch (SdkException e) {
            LOG.warn("The object '{}' that a probe of the store has left cannot be deleted", name, e);
        }
    }

    private @Nullable String refusal(String name, WriteMark mark) {
        if (!isRefused(SECOND, request(name).ifNoneMatch("*"))) {
            return "ignores 'If-None-Match: *': it overwrote an object that was to be created";
        }
        if (!isRefused(SECOND, request(name).ifMatch(WRONG_ETAG))) {
            return "ignores 'If-Match': it overwrote an object whose ETag was another";
        }
        byte[] stored = bucket.client
                .getObjectAsBytes(
                        request -> request.bucket(bucket.location.bucket()).key(name))
                .asByteArray();
        if (!Arrays.equals(stored, FIRST)) {
            return "keeps other bytes than it was sent (one that does not know the checksums of requests keeps them "
                    + "with the content: ChecksumMode.WHEN_REQUIRED)";
        }
        HeadObjectResponse first = head(name);
        if (!mark.isOn(first)) {
            return "drops the user-defined metadata of objects (x-amz-meta-" + WriteMark.NAME
                    + "), by which a write whose reply was lost is found again";
        }
        String etag = Bucket.etag(first.eTag()).orElse("");
        boolean isRefused = isRefused(THIRD, request(name).ifMatch(etag));
        // If both, somebody between has sent it twice.
        boolean isReplaced = !Bucket.etag(head(name).eTag()).orElse("").equals(etag);
        if (isRefused && !isReplaced) {
            return "refuses 'If-Match' with the ETag that it gave";
        }
        if (!isReplaced) {
            return "answers another write with the same ETag";
        }
        return null;
    }

    private HeadObjectResponse head(String name) {
        HeadObjectResponse answer = bucket.client.headObject(
                request -> request.bucket(bucket.location.bucket()).key(name));
        checkIsOfStore(answer.eTag(), answer.sdkHttpResponse());
        return answer;
    }

    private PutObjectRequest.Builder request(String name) {
        return PutObjectRequest.builder().bucket(bucket.location.bucket()).key(name);
    }

    private boolean isRefused(byte[] bytes, PutObjectRequest.Builder request) {
        try {
            put(bytes, request);
            return false;
        } catch (SdkException e) {
            if (Failures.status(e) == Failures.PRECONDITION_FAILED && !Failures.isDoubtful(e)) {
                return true;
            }
            throw e;
        }
    }

    private void put(byte[] bytes, PutObjectRequest.Builder request) {
        if (bucket.settings.sendsChecksums()) {
            request.checksumCRC32C(Checksums.crc32c(bytes, bytes.length));
        }
        bucket.settings.encryption().ifPresent(encryption -> {
            request.serverSideEncryption(encryption.algorithm());
            encryption.kmsKey().ifPresent(request::ssekmsKeyId);
        });
        PutObjectResponse answer = bucket.once.putObject(request.build(), RequestBody.fromBytes(bytes));
        checkIsOfStore(answer.eTag(), answer.sdkHttpResponse());
    }

    private static void checkIsOfStore(@Nullable String etag, SdkHttpResponse answer) {
        if (etag == null || Failures.isPage(answer)) {
            throw SdkClientException.create("the endpoint answered without an ETag, as no S3 server does");
        }
    }
}
