package io.modelregistry.internal.embedded;

import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.serialization.ArtifactReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;

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
        try {
            return engine.settings
                    .serializers()
                    .read(version.manifest().format().framework(), type, new CheckedReader(artifacts, version));
        } catch (IOException e) {
            throw StoreErrors.of("load '" + version.ref() + "' as " + type.getName(), e);
        }
    }

    private record CheckedReader(Artifacts artifacts, RegisteredVersion version) implements ArtifactReader {
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
            PinnedFolder folder = artifacts.pin();
            try {
                return unpinning(
                        Files.newInputStream(folder.path().resolve(file.path().value())), folder);
            } catch (IOException e) {
                folder.close();
                throw e;
            }
        }

        private static InputStream unpinning(InputStream file, PinnedFolder folder) {
            return new FilterInputStream(file) {
                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    return in.read(buffer, offset, length);
                }

                @Override
                public void close() throws IOException {
                    try (folder) {
                        super.close();
                    }
                }
            };
        }

        private ArtifactFile file(String path) throws IOException {
            return version.manifest()
                    .findFile(ArtifactPath.of(path))
                    .orElseThrow(() -> new NoSuchFileException(path, null, "the version has no such file"));
        }
    }
}
