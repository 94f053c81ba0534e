package io.modelregistry.internal.embedded;

import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.serialization.ArtifactWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what a serializer writes into a temporary folder, which {@link #close} deletes. One thread. */
final class SpoolFolder implements ArtifactWriter, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);

    private final Path folder;
    private final List<ArtifactSource> files = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();

    SpoolFolder() throws IOException {
        folder = Files.createTempDirectory("model-registry-spool-");
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
        try (OutputStream out =
                Files.newOutputStream(spooled, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            content.writeTo(out);
        }
        taken.add(parsed.folded());
        files.add(ArtifactSource.of(parsed, spooled).as(kind));
    }

    /** Deletes the files; what was registered from them is there, so that a file that stays is no failure. */
    @Override
    public void close() {
        try {
            for (int i = 0; i <= files.size(); i++) {
                Files.deleteIfExists(folder.resolve(i + ".bin"));
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.warn("Could not delete the temporary files of a serializer", e);
        }
    }
}
