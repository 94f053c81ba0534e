package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Bytes of one generation of an object. When the connection breaks, it goes on where it was, if that generation is
 * still there. Not thread-safe.
 */
final class GenerationStream extends InputStream {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationStream.class);
    private static final int TRIES_WITHOUT_PROGRESS = 4;
    private static final long WORTH_DRAINING = 64 << 10;

    private final Bucket bucket;
    private final String action;
    private final StoredObject object;
    private final long end;
    private long position;
    private @Nullable ResponseInputStream<GetObjectResponse> body;
    private int failures;
    private boolean closed;

    /** Which bytes: from the first on, up to but without the end. */
    record Span(long first, long end) {}

    /**
     * A stream of a span.
     *
     * @param body an answer that has the span's bytes; null to ask when they are read
     */
    GenerationStream(
            Bucket bucket,
            String action,
            StoredObject object,
            Span span,
            @Nullable ResponseInputStream<GetObjectResponse> body) {
        this.bucket = bucket;
        this.action = action;
        this.object = object;
        position = span.first;
        end = span.end;
        this.body = body;
    }

    String action() {
        return action;
    }

    StoredObject object() {
        return object;
    }

    /** The offset of the next byte in the object. */
    long position() {
        return position;
    }

    long end() {
        return end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (closed) {
            throw new IOException("The stream is closed");
        }
        while (position < end || body != null) {
            try {
                int read = body().read(buffer, offset, length);
                if (read > 0) {
                    position += read;
                    failures = 0;
                    return read;
                }
                if (position >= end) {
                    close();
                    return -1;
                }
                throw new IOException("the answer ended " + (end - position) + " bytes early");
            } catch (AbortedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("the thread was interrupted");
                interrupted.initCause(e);
                throw failed("the thread was interrupted, expected to be let finish", interrupted);
            } catch (StorageException e) {
                throw e;
            } catch (IOException | SdkException e) {
                again(e);
            }
        }
        return -1;
    }

    private ResponseInputStream<GetObjectResponse> body() throws IOException {
        ResponseInputStream<GetObjectResponse> known = body;
        if (known != null) {
            return known;
        }
        StorageKey key = object.key();
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(bucket.location.bucket())
                .key(bucket.location.nameOf(key))
                .range("bytes=" + position + "-" + (end - 1))
                .ifMatch(object.etag())
                .build();
        ResponseInputStream<GetObjectResponse> opened;
        try {
            opened = bucket.guarded(() -> bucket.client.getObject(request));
        } catch (SdkException e) {
            if (Failures.status(e) == Failures.PRECONDITION_FAILED || Failures.isMissing(e)) {
                throw failed("it was replaced or deleted while it was read, expected the same generation", e);
            }
            throw bucket.failures.reading(action, key, e);
        }
        body = opened;
        String etag = Bucket.etag(opened.response().eTag(), action, key);
        String range = opened.response().contentRange();
        if (!etag.equals(object.etag()) || range == null || !range.startsWith("bytes " + position + "-")) {
            abort();
            throw failed("it was replaced while it was read, expected the same generation", null);
        }
        return opened;
    }

    /** Lets go of a broken connection, so that the next read opens another. */
    private void again(Exception e) throws IOException {
        drop();
        failures++;
        if (failures > TRIES_WITHOUT_PROGRESS || position >= end) {
            throw failed("the connection broke at byte " + position + ", expected " + end + " bytes", e);
        }
        LOG.debug("Reading {} again from byte {} on", object.key(), position, e);
    }

    private StorageException failed(String why, @Nullable Throwable cause) {
        return new StorageException(object.key(), "Cannot %s: %s".formatted(action, why), cause);
    }

    private void drop() {
        ResponseInputStream<GetObjectResponse> known = body;
        body = null;
        if (known != null) {
            known.abort();
        }
    }

    /** Ends the stream without reading the rest of the answer. */
    void abort() {
        closed = true;
        drop();
    }

    @Override
    public void close() throws IOException {
        ResponseInputStream<GetObjectResponse> known = body;
        body = null;
        closed = closed || position < end;
        if (known == null) {
            return;
        }
        if (end - position > WORTH_DRAINING) {
            known.abort();
            return;
        }
        try {
            known.close(); // Reads the rest, so that the connection can be used again.
        } catch (IOException | SdkException e) {
            LOG.debug("The rest of {} could not be read", object.key(), e);
            known.abort();
        }
    }
}
