package io.modelregistry.storage.s3;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Finds and opens objects. */
final class ObjectReader {
    private final Bucket bucket;
    private final PartBuffers buffers;

    ObjectReader(Bucket bucket, PartBuffers buffers) {
        this.bucket = bucket;
        this.buffers = buffers;
    }

    Optional<StoredObject> find(String action, StorageKey key) throws IOException {
        Optional<HeadObjectResponse> head = head(action, key);
        return head.isEmpty() ? Optional.empty() : Optional.of(facts(action, key, head.get()));
    }

    /** The same, for where no checked exception may be thrown. */
    Optional<StoredObject> findUnchecked(String action, StorageKey key) {
        try {
            return find(action, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The headers of an object; empty if there is none. */
    Optional<HeadObjectResponse> head(String action, StorageKey key) throws IOException {
        try {
            HeadObjectResponse answer = bucket.guarded(() -> bucket.client.headObject(
                    request -> request.bucket(bucket.location.bucket()).key(bucket.location.nameOf(key))));
            bucket.exists();
            return Optional.of(answer);
        } catch (SdkException e) {
            if (!Failures.isMissing(e)) {
                throw bucket.failures.reading(action, key, e);
            }
            bucket.checkExists(action, key);
            return Optional.empty();
        }
    }

    private static StoredObject facts(String action, StorageKey key, HeadObjectResponse head) throws IOException {
        return new StoredObject(
                key,
                head.contentLength() == null ? 0 : head.contentLength(),
                Bucket.etag(head.eTag(), action, key),
                head.lastModified() == null ? Bucket.date(head.sdkHttpResponse()) : head.lastModified());
    }

    Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        String action = "open object '" + key + "'";
        if ((range instanceof ByteRange.Bounded bounded && bounded.length() == 0)
                || (range instanceof ByteRange.Last last && last.length() == 0)) {
            return nothingOf(action, key, unlessEtag);
        }
        GetObjectRequest.Builder request = request(key).range(header(range));
        if (unlessEtag != null) {
            request.ifNoneMatch(quoted(unlessEtag));
        }
        if (bucket.settings.sendsChecksums() && range.equals(ByteRange.ALL)) {
            request.checksumMode(ChecksumMode.ENABLED);
        }
        ResponseInputStream<GetObjectResponse> answer;
        try {
            answer = bucket.guarded(() -> bucket.client.getObject(request.build()));
        } catch (SdkException e) {
            return unopened(action, key, unlessEtag, e);
        }
        bucket.exists();
        OpenObject opened = opened(action, key, range, answer);
        if (opened.object().etag().equals(unlessEtag)) {
            opened.close(); // The store does not know the condition.
            return Optional.empty();
        }
        return Optional.of(opened);
    }

    private Optional<OpenObject> unopened(String action, StorageKey key, @Nullable String unlessEtag, SdkException e)
            throws IOException {
        switch (Failures.status(e)) {
            case Failures.NOT_MODIFIED -> {
                bucket.exists();
                return Optional.empty();
            }
            case Failures.RANGE_NOT_SATISFIABLE -> {
                return nothingOf(action, key, unlessEtag);
            }
            default -> {
                if (Failures.isMissing(e)) {
                    if (Failures.code(e).isEmpty()) {
                        bucket.checkExists(action, key);
                    }
                    throw Bucket.missing(action, key, e);
                }
                throw bucket.failures.reading(action, key, e);
            }
        }
    }

    /** An object of which no bytes are asked for. */
    private Optional<OpenObject> nothingOf(String action, StorageKey key, @Nullable String unlessEtag)
            throws IOException {
        StoredObject object = find(action, key).orElseThrow(() -> Bucket.missing(action, key, null));
        return object.etag().equals(unlessEtag)
                ? Optional.empty()
                : Optional.of(new OpenObject(object, InputStream.nullInputStream()));
    }

    private OpenObject opened(
            String action, StorageKey key, ByteRange range, ResponseInputStream<GetObjectResponse> answer)
            throws IOException {
        GetObjectResponse facts = answer.response();
        String etag;
        long[] span;
        try {
            etag = Bucket.etag(facts.eTag(), action, key);
            span = span(action, key, range, facts);
        } catch (IOException e) {
            answer.abort();
            throw e;
        }
        StoredObject object = new StoredObject(
                key,
                span[2],
                etag,
                facts.lastModified() == null ? Bucket.date(facts.sdkHttpResponse()) : facts.lastModified());
        GenerationStream stream =
                new GenerationStream(bucket, action, object, new GenerationStream.Span(span[0], span[1]), answer);
        if (span[1] - span[0] <= ParallelStream.worthFrom(bucket.settings)) {
            return new OpenObject(object, stream);
        }
        return new OpenObject(object, new ParallelStream(bucket, buffers, stream));
    }

    /** First byte, end and size of the whole, as the store has answered; it may have ignored the range. */
    private static long[] span(String action, StorageKey key, ByteRange range, GetObjectResponse facts)
            throws IOException {
        String content = facts.contentRange();
        if (content == null) {
            if (facts.contentLength() == null || header(range) != null) {
                throw new StorageException(
                        key,
                        "Cannot %s: the answer lacks its %s, expected one of an S3 server"
                                .formatted(action, header(range) == null ? "length" : "range"),
                        null);
            }
            return new long[] {0, facts.contentLength(), facts.contentLength()};
        }
        try {
            int dash = content.indexOf('-');
            int slash = content.indexOf('/');
            long first = Long.parseLong(content.substring(content.indexOf(' ') + 1, dash));
            long last = Long.parseLong(content.substring(dash + 1, slash));
            return new long[] {first, last + 1, Long.parseLong(content.substring(slash + 1))};
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new StorageException(
                    key, "Cannot %s: the store answered the range '%s', expected bytes".formatted(action, content), e);
        }
    }

    private GetObjectRequest.Builder request(StorageKey key) {
        return GetObjectRequest.builder().bucket(bucket.location.bucket()).key(bucket.location.nameOf(key));
    }

    static String quoted(String etag) {
        return "\"" + etag + "\"";
    }

    /** The header of a range; null for the whole. */
    private static @Nullable String header(ByteRange range) {
        if (range instanceof ByteRange.From from) {
            return from.offset() == 0 ? null : "bytes=" + from.offset() + "-";
        }
        if (range instanceof ByteRange.Bounded bounded) {
            long last = bounded.offset() + bounded.length() - 1;
            return "bytes=" + bounded.offset() + "-" + (last < 0 ? Long.MAX_VALUE : last);
        }
        return "bytes=-" + ((ByteRange.Last) range).length();
    }
}
