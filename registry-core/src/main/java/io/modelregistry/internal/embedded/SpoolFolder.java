package io.modelregistry.internal.embedded;

import io.modelregistry.internal.cache.TemporaryFolder;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.serialization.ArtifactWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes what a serializer writes into a temporary folder, which {@link #close} deletes. One thread. */
final class SpoolFolder implements ArtifactWriter, AutoCloseable {
    private final String action;
    private final TemporaryFolder temporary = TemporaryFolder.ofSystem();
    private final Path folder;
    private final List<ArtifactSource> files = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();

    /**
     * A new folder.
     *
     * @param action what it is for, in errors
     * @throws io.modelregistry.registry.TemporaryFolderException if it cannot be made
     */
    SpoolFolder(String action) {
        this.action = action;
        try {
            folder = temporary.path();
        } catch (IOException e) {
            throw temporary.failed(action, e);
        }
    }

    List<ArtifactSource> files() {
        return files;
    }

    @Override
    public void file(String path, FileKind kind, byte[] content) throws IOException {
        file(path, kind, out -> out.write(content));
    }

    @Override
    public void file(String path, FileKind kind, StreamedContent content) throws IOException {
        ArtifactPath parsed = ArtifactPath.of(path);
        if (taken.contains(parsed.folded())) {
            throw new InvalidValueException("file", path, "it was written before", "each path once");
        }
        Path spooled = folder.resolve(files.size() + ".bin");
        try (OutputStream out = new SpoolStream(spooled)) {
            content.writeTo(out);
        }
        taken.add(parsed.folded());
        files.add(ArtifactSource.of(parsed, spooled).as(kind));
    }

    /** Tells failures of the disk from those of the serializer. */
    private final class SpoolStream extends OutputStream {
        private final OutputStream out;

        SpoolStream(Path file) {
            try {
                out = Files.newOutputStream(file);
            } catch (IOException e) {
                throw temporary.failed(action, e);
            }
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw temporary.failed(action, e);
            }
        }

        @Override
        public void close() {
            try {
                out.close();
            } catch (IOException e) {
                throw temporary.failed(action, e);
            }
        }
    }

    /** Deletes the files; what was registered from them is there, so that a file that stays is no failure. */
    @Override
    public void close() {
        temporary.close();
    }
}
