package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.UploadLimits;
import java.util.List;
import java.util.Optional;

/** Checks what is to be registered before anything is written. */
final class Preparer {
    private final UploadLimits limits;

    Preparer(UploadLimits limits) {
        this.limits = limits;
    }

    /**
     * Checks limits and paths, and finds out what was not said.
     *
     * @param written the framework of the serializer that wrote the files, if one did
     */
    Preparation prepare(Registration registration, List<ArtifactSource> sources, Optional<Framework> written) {
        check(registration.name(), sources);
        Framework framework = registration.framework().or(() -> written).orElse(Framework.UNKNOWN);
        List<UploadFile> files = sources.stream()
                .map(source -> new UploadFile(source, source.kind().orElse(FileKind.OTHER), Optional.empty()))
                .toList();
        return new Preparation(registration, files, framework);
    }

    /** Checks limits and paths. */
    void check(ModelName name, List<ArtifactSource> sources) {
        checkLimits(name, sources);
        Manifest.checkPaths(name, sources.stream().map(ArtifactSource::path).toList());
    }

    /** What a file is for, before the others are known. */
    FileKind kindOf(ArtifactSource source) {
        return source.kind().orElse(FileKind.OTHER);
    }

    private void checkLimits(ModelName name, List<ArtifactSource> sources) {
        if (sources.size() > limits.files()) {
            throw new InvalidArtifactException(
                    name.toString(), "the version has " + sources.size() + " files", "at most " + limits.files(), null);
        }
        long total = 0;
        for (ArtifactSource source : sources) {
            checkSize(source.path(), source.size(), limits.bytesPerFile());
            total = Math.addExact(total, source.size());
        }
        if (total > limits.bytesPerVersion()) {
            throw new InvalidArtifactException(
                    name.toString(),
                    "the version has " + total + " bytes",
                    "at most " + limits.bytesPerVersion(),
                    null);
        }
    }

    static void checkSize(ArtifactPath path, long size, long most) {
        if (size > most) {
            throw new InvalidArtifactException(path.toString(), "it has " + size + " bytes", "at most " + most, null);
        }
    }
}
