package io.modelregistry.internal.commit;

import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.UploadProgress;
import io.modelregistry.storage.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file, hashed while the store reads them. A stream that is not what was announced fails before its end,
 * so that the store's write fails and nothing becomes visible: other writers may rely on what lies in the folder.
 */
final class CheckedContent implements Content {
    private static final long PROGRESS_STEP = 1 << 20;
    private static final long READ_AHEAD_FROM = 8 << 20;

    private final UploadFile file;
    private final UploadProgress progress;
    private @Nullable Digest digest;

    CheckedContent(UploadFile file, UploadProgress progress) {
        this.file = file;
        this.progress = progress;
    }

    @Override
    public long size() {
        return file.size();
    }

    /** The digest of the bytes of the stream that was read to its end. */
    Optional<Digest> digest() {
        return Optional.ofNullable(digest);
    }

    @Override
    public InputStream open() throws IOException {
        InputStream source;
        try {
            source = new SourceStream(file.source().opener().open());
        } catch (IOException e) {
            throw unreadable(e);
        }
        InputStream hashed = size() >= READ_AHEAD_FROM
                ? new ReadAheadStream(source, size(), this::finish)
                : new HashingStream(source);
        return new ProgressStream(hashed);
    }

    private void finish(Digest.Hasher hasher) throws IOException {
        if (hasher.size() != size()) {
            throw refused(
                    hasher.size() > size()
                            ? "it is longer than the " + size() + " bytes that it had before"
                            : "it has " + hasher.size() + " bytes now, and had " + size() + " before",
                    null);
        }
        Digest found = hasher.finish();
        if (file.digest().isPresent() && !file.digest().get().equals(found)) {
            throw refused("its content changed while it was registered", null);
        }
        digest = found;
    }

    private IOException unreadable(IOException e) {
        return StoreErrors.isInterruption(e)
                ? e
                : refused("it cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }

    private IOException refused(String why, @Nullable IOException cause) {
        InvalidArtifactException refused = new InvalidArtifactException(
                file.path().toString(), why, "a readable file that does not change", cause);
        return new IOException(refused.getMessage(), refused);
    }

    /** Tells failures of the source from those of the store. */
    private final class SourceStream extends FilterInputStream {
        SourceStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return in.read();
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return in.read(buffer, offset, length);
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
    }

    /** Hashes on the reading thread, and checks the result before it lets the reader see the end. */
    private final class HashingStream extends FilterInputStream {
        private final Digest.Hasher hasher = Digest.hasher();
        private boolean ended;

        HashingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (ended) {
                return -1;
            }
            int read = in.read(buffer, offset, length);
            if (read > 0) {
                hasher.update(buffer, offset, read);
                if (hasher.size() > size()) {
                    finish(hasher);
                }
            } else if (read < 0) {
                ended = true;
                finish(hasher);
            }
            return read;
        }

        @Override
        public long skip(long count) {
            return 0;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    /** Counts what the store has taken. */
    private final class ProgressStream extends FilterInputStream {
        private long done;
        private long told;

        ProgressStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            if (read > 0) {
                done += read;
            }
            if (done - told >= PROGRESS_STEP || (read < 0 && told <= done)) {
                told = read < 0 ? Long.MAX_VALUE : done;
                progress.onProgress(file.path(), done, size());
            }
            return read;
        }

        @Override
        public long skip(long count) {
            return 0;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
