package io.modelregistry.internal.embedded;

import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.UploadLimits;
import java.util.HashSet;
import java.util.Set;

/** Checks the files of a version one by one against the limits and each other. Not thread-safe. */
final class FileChecks {
    private final ModelName name;
    private final UploadLimits limits;
    private final Set<String> files = new HashSet<>();
    private final Set<String> folders = new HashSet<>();
    private long bytes;

    FileChecks(ModelName name, UploadLimits limits) {
        this.name = name;
        this.limits = limits;
    }

    /** Refuses a file that cannot be one more of the version. */
    void check(ArtifactSource source) {
        if (files.size() == limits.files()) {
            throw new InvalidArtifactException(
                    name.toString(), "the version has more files", "at most " + limits.files(), null);
        }
        if (source.size() > limits.bytesPerFile()) {
            throw new InvalidArtifactException(
                    source.path().toString(),
                    "it has " + source.size() + " bytes",
                    "at most " + limits.bytesPerFile(),
                    null);
        }
        if (source.size() > limits.bytesPerVersion() - bytes) {
            throw new InvalidArtifactException(
                    name.toString(),
                    "the version has " + source.size() + " bytes more than " + bytes,
                    "at most " + limits.bytesPerVersion(),
                    null);
        }
        checkPath(source.path());
    }

    /** Takes a file that was checked. */
    void add(ArtifactSource source) {
        String folded = source.path().folded();
        files.add(folded);
        for (int slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
            folders.add(folded.substring(0, slash));
        }
        bytes += source.size();
    }

    private void checkPath(ArtifactPath path) {
        String folded = path.folded();
        if (files.contains(folded)) {
            throw refused(path, "another file has this path on a disk that ignores case");
        }
        if (folders.contains(folded)) {
            throw refused(path, "it is the folder of another file of the same version");
        }
        for (int slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
            if (files.contains(folded.substring(0, slash))) {
                throw refused(path, "its folder is a file of the same version");
            }
        }
    }

    private static InvalidValueException refused(ArtifactPath path, String why) {
        return new InvalidValueException("file", path.toString(), why, "distinct paths");
    }
}
