package io.modelregistry.internal.embedded;

import io.modelregistry.model.ArtifactPath;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.serialization.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of a registration, as the framework detection reads them. */
final class SourceFiles implements ModelFiles {
    private final Map<String, ArtifactSource> sources = new LinkedHashMap<>();

    SourceFiles(List<ArtifactSource> sources) {
        for (ArtifactSource source : sources) {
            this.sources.put(source.path().value(), source);
        }
    }

    @Override
    public List<String> paths() {
        return List.copyOf(sources.keySet());
    }

    @Override
    public long size(String path) throws IOException {
        return source(path).size();
    }

    @Override
    public InputStream open(String path, long offset) throws IOException {
        ArtifactSource source = source(path);
        InputStream in = opened(source);
        try {
            in.skipNBytes(Math.min(offset, size(path)));
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static InputStream opened(ArtifactSource source) {
        try {
            return source.opener().open();
        } catch (IOException e) {
            throw new InvalidArtifactException(
                    source.path().toString(),
                    "it cannot be read (" + e.getClass().getSimpleName() + ")",
                    "a readable file",
                    e);
        }
    }

    private ArtifactSource source(String path) throws IOException {
        ArtifactSource source = sources.get(ArtifactPath.of(path).value());
        if (source == null) {
            throw new NoSuchFileException(path);
        }
        return source;
    }
}
