package io.modelregistry.internal.cache;

import io.modelregistry.storage.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants to be written. Its failures go through unchanged, and are remembered: a source of the caller that
 * times out says nothing of the store. For one write; its streams may be read by any thread.
 */
final class HostContent implements Content {
    private final Content content;
    private volatile @Nullable IOException failure;

    HostContent(Content content) {
        this.content = content;
    }

    /** Whether a write failed because this could not be read. */
    boolean caused(IOException failed) {
        IOException own = failure;
        Throwable cause = failed;
        while (own != null && cause != null) {
            if (cause.equals(own)) { // It is the same one: exceptions have no other equality.
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    @Override
    public long size() {
        return content.size();
    }

    @Override
    public InputStream open() throws IOException {
        return remembering(() -> new HostStream(content.open()));
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> T remembering(Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private final class HostStream extends FilterInputStream {
        HostStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return remembering(in::read);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return remembering(() -> in.read(buffer, offset, length));
        }

        @Override
        public long skip(long count) throws IOException {
            return remembering(() -> in.skip(count));
        }

        @Override
        public void close() throws IOException {
            remembering(() -> {
                in.close();
                return in;
            });
        }
    }
}
