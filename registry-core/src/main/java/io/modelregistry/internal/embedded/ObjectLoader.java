package io.modelregistry.internal.embedded;

import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.serialization.ArtifactReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads versions as objects, from checked bytes only: a serializer must not see a byte before all of its file was
 * checked.
 */
final class ObjectLoader {
    private static final long IN_MEMORY_BYTES = 16 << 20;

    private final Engine engine;

    ObjectLoader(Engine engine) {
        this.engine = engine;
    }

    <T> T load(Artifacts artifacts, RegisteredVersion version, Class<T> type) {
        try (CheckedReader reader = new CheckedReader(artifacts, version)) {
            return engine.settings
                    .serializers()
                    .read(version.manifest().format().framework(), type, reader);
        } catch (IOException e) {
            throw StoreErrors.of("load '" + version.ref() + "' as " + type.getName(), e);
        }
    }

    /** Pins the files when a large one is opened, until the object was read. */
    private static final class CheckedReader implements ArtifactReader, AutoCloseable {
        private final Artifacts artifacts;
        private final RegisteredVersion version;
        private @Nullable PinnedFolder pinned;

        CheckedReader(Artifacts artifacts, RegisteredVersion version) {
            this.artifacts = artifacts;
            this.version = version;
        }

        @Override
        public List<String> files() {
            return artifacts.files().stream().map(file -> file.path().value()).toList();
        }

        @Override
        public long size(String path) throws IOException {
            return file(path).size();
        }

        @Override
        public InputStream open(String path) throws IOException {
            ArtifactFile file = file(path);
            if (file.size() <= IN_MEMORY_BYTES) {
                try (InputStream in = artifacts.open(file.path())) {
                    return new ByteArrayInputStream(in.readAllBytes());
                }
            }
            return Files.newInputStream(folder().resolve(file.path().value()));
        }

        private synchronized Path folder() {
            PinnedFolder known = pinned;
            if (known == null) {
                known = artifacts.pin();
                pinned = known;
            }
            return known.path();
        }

        @Override
        public synchronized void close() {
            if (pinned != null) {
                pinned.close();
            }
        }

        private ArtifactFile file(String path) throws IOException {
            return version.manifest()
                    .findFile(ArtifactPath.of(path))
                    .orElseThrow(() -> new NoSuchFileException(path, null, "the version has no such file"));
        }
    }
}
