package io.modelregistry.internal.embedded;

import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.InvalidArtifactException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Opens a source only as long as it is what it was when the registration began, and tells at the end of each stream if
 * it has changed while it was read: what is found out about a file is about the bytes that are stored.
 */
final class PinnedSource implements ArtifactSource.Opener {
    private final ArtifactSource source;
    private final String generation;

    private PinnedSource(ArtifactSource source, String generation) {
        this.source = source;
        this.generation = generation;
    }

    /** The source as it is now. */
    static ArtifactSource of(ArtifactSource source) {
        try {
            PinnedSource pinned = new PinnedSource(source, source.opener().generation());
            return new ArtifactSource(source.path(), source.kind(), source.size(), pinned);
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidArtifactException(
                    source.path().toString(),
                    "it cannot be read (" + e.getClass().getSimpleName() + ")",
                    "a readable file",
                    e);
        }
    }

    @Override
    public InputStream open() throws IOException {
        InputStream in = source.opener().open();
        try {
            check();
            return new Stream(in);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public String generation() {
        return generation;
    }

    private void check() throws IOException {
        if (!source.opener().generation().equals(generation)) {
            throw new InvalidArtifactException(
                    source.path().toString(),
                    "it was changed while it was registered",
                    "a file that does not change",
                    null);
        }
    }

    /** Checks when the end is reached. */
    private final class Stream extends FilterInputStream {
        Stream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            if (read < 0) {
                check();
            }
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            if (read < 0) {
                check();
            }
            return read;
        }
    }
}
