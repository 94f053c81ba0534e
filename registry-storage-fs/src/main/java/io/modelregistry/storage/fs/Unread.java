package io.modelregistry.storage.fs;

import io.modelregistry.storage.Content;
import java.io.IOException;
import java.io.InputStream;

/**
 * A caller's content while it is read, so that its failures can be told from those of the disk: they are the caller's,
 * and go back unchanged.
 */
final class Unread implements AutoCloseable {
    private final InputStream stream;

    private Unread(InputStream stream) {
        this.stream = stream;
    }

    static Unread open(Content content) throws ContentException {
        try {
            return new Unread(content.open());
        } catch (IOException e) {
            throw new ContentException(e);
        }
    }

    int read(byte[] buffer) throws ContentException {
        try {
            return stream.read(buffer);
        } catch (IOException e) {
            throw new ContentException(e);
        }
    }

    @Override
    public void close() throws ContentException {
        try {
            stream.close();
        } catch (IOException e) {
            throw new ContentException(e);
        }
    }

    /** Carries an error of the caller's content past the translation of disk errors. */
    static final class ContentException extends IOException {
        private static final long serialVersionUID = 1L;

        private final IOException failure;

        ContentException(IOException failure) {
            super(failure);
            this.failure = failure;
        }

        IOException failure() {
            return failure;
        }
    }
}
