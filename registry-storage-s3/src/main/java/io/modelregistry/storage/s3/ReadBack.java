package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Finds out what a request that makes an object without a mark has done, where the answer to it does not tell. Whatever
 * is left unknown is an error of its own: once such a request was sent, no other one may say that it failed.
 */
final class ReadBack {
    private final Bucket bucket;
    private final ObjectReader reader;

    ReadBack(Bucket bucket, ObjectReader reader) {
        this.bucket = bucket;
        this.reader = reader;
    }

    /**
     * Completes an upload. The object of an upload has an etag that is made of those of its parts; if it is there, the
     * upload was completed, whatever the answer was (that there is no such upload is what a second try is told).
     *
     * @throws WriteOutcomeUnknownException if it may have been completed; then it must not be ended
     * @throws SdkException if it certainly was not; so does {@link MultipartUpload.GoneException}
     */
    StoredObject completed(StorageKey key, long size, MultipartUpload upload, List<CompletedPart> parts)
            throws IOException {
        CompleteMultipartUploadResponse answer;
        try {
            answer = bucket.uninterrupted(() -> upload.complete(parts));
        } catch (MultipartUpload.GoneException e) {
            Optional<StoredObject> now = made(key, size, parts, e.failure());
            if (now.isPresent()) {
                return now.get();
            }
            if (Failures.isDoubtful(e.failure())) {
                throw unknown(key, e.failure());
            }
            throw e;
        } catch (SdkException e) {
            if (Failures.isDoubtful(e)) {
                return made(key, size, parts, e).orElseThrow(() -> unknown(key, e));
            }
            throw e;
        }
        return answered(key, size, answer.eTag(), Bucket.date(answer.sdkHttpResponse()));
    }

    private Optional<StoredObject> made(StorageKey key, long size, List<CompletedPart> parts, SdkException doubt)
            throws IOException {
        return found(key, doubt).filter(now -> now.size() == size && now.etag().equals(MultipartUpload.etagOf(parts)));
    }

    /** What an answer says that was a yes; some servers do not tell the etag. */
    StoredObject answered(StorageKey key, long size, @Nullable String etag, Instant when) throws IOException {
        Optional<String> told = Bucket.etag(etag);
        return told.isPresent()
                ? new StoredObject(key, size, told.get(), when)
                : found(key, null)
                        .filter(now -> now.size() == size)
                        .orElseThrow(() -> unknown(key, "it was not there afterwards", null));
    }

    /** What is there after a request; that it cannot be read does not mean that nothing was made. */
    private Optional<StoredObject> found(StorageKey key, @Nullable SdkException doubt) throws IOException {
        try {
            return bucket.uninterrupted(() -> reader.findUnchecked("read back object '" + key + "'", key));
        } catch (UncheckedIOException | SdkException e) {
            if (doubt != null) {
                e.addSuppressed(doubt);
            }
            throw unknown(key, "what is there cannot be read", e);
        }
    }

    /** That a request may have made the object. */
    WriteOutcomeUnknownException unknown(StorageKey key, SdkException doubt) {
        return unknown(key, bucket.failures.why(doubt), doubt);
    }

    private static WriteOutcomeUnknownException unknown(StorageKey key, String why, @Nullable Throwable cause) {
        return new WriteOutcomeUnknownException(
                key,
                "Cannot tell whether object '%s' was written: %s, expected to write it again".formatted(key, why),
                cause);
    }
}
