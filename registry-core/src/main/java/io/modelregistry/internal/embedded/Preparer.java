package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.LoadSafety;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.serialization.Detection;
import io.modelregistry.serialization.FrameworkDetector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks what is to be registered before anything is written, and finds out from the files what was not said. */
final class Preparer {
    private static final Logger LOG = LoggerFactory.getLogger(Preparer.class);

    private final UploadLimits limits;
    private final ManifestOutline outline;
    private final FrameworkDetector detector = FrameworkDetector.standard();

    /** Checks against the limits of the host and the longest document that the store takes under a condition. */
    Preparer(UploadLimits limits, long longestDocument) {
        this.limits = limits;
        this.outline = new ManifestOutline(longestDocument);
    }

    /**
     * Checks limits and paths, and finds out what was not said.
     *
     * @param written the framework of the serializer that wrote the files, if one did
     */
    Preparation prepare(Registration registration, List<ArtifactSource> unpinned, Optional<Framework> written) {
        if (unpinned.size() > limits.files()) {
            throw new InvalidArtifactException(
                    registration.name().toString(),
                    "the version has " + unpinned.size() + " files",
                    "at most " + limits.files(),
                    null);
        }
        List<ArtifactSource> sources = unpinned.stream().map(PinnedSource::of).toList();
        if (sources.isEmpty()) {
            throw new InvalidValueException(
                    "files of model", registration.name().toString(), "there are none", "at least one file");
        }
        FileChecks checks = checks(registration.name());
        for (ArtifactSource source : sources) {
            checks.check(source);
            checks.add(source);
        }
        Detection found = detect(registration.name(), sources);
        boolean isKeptAsItIs =
                registration.framework().filter(Framework.UNKNOWN::sameNameAs).isPresent();
        if (found.damage().isPresent() && !isKeptAsItIs) {
            throw new InvalidArtifactException(
                    registration.name().toString(),
                    "it is damaged: " + found.damage().get(),
                    "a complete file; to keep it as it is, say that its framework is '" + Framework.UNKNOWN.name()
                            + "'",
                    null);
        }
        found.warnings().forEach(warning -> LOG.warn("Registering '{}': {}", registration.name(), warning));
        Framework framework = registration.framework().or(() -> written).orElse(found.framework());
        LoadSafety safety =
                written.filter(Framework.JSON::sameNameAs).isPresent() ? LoadSafety.DATA_ONLY : found.safety();
        List<UploadFile> files = sources.stream()
                .map(source -> new UploadFile(source, kind(source, found), Optional.empty()))
                .toList();
        Preparation prepared = new Preparation(
                registration, files, new Manifest.ModelFormat(framework, registration.modelType(), safety));
        outline.check(prepared);
        return prepared;
    }

    /** Refuses what the manifest of a registration could not say, before its files are known. */
    void checkSayable(Registration registration) {
        Framework framework = registration.framework().orElse(Framework.UNKNOWN);
        outline.check(new Preparation(
                registration,
                List.of(),
                new Manifest.ModelFormat(framework, registration.modelType(), LoadSafety.UNKNOWN)));
    }

    private Detection detect(ModelName name, List<ArtifactSource> sources) {
        try {
            return detector.detect(new SourceFiles(sources));
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidArtifactException(
                    name.toString(),
                    "its files cannot be read (" + e.getClass().getSimpleName() + ")",
                    "readable files",
                    e);
        }
    }

    private static FileKind kind(ArtifactSource source, Detection found) {
        return source.kind()
                .orElseGet(() -> found.kinds().getOrDefault(source.path().value(), FileKind.OTHER));
    }

    /** Begins to check the files of a version. */
    FileChecks checks(ModelName name) {
        return new FileChecks(name, limits);
    }
}
