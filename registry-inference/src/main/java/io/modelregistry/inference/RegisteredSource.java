package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.serialization.FrameworkDetector;
import io.modelregistry.serialization.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Brings a version of a registry to a local folder, and finds the file in it that an engine is pointed at. */
final class RegisteredSource {
    private RegisteredSource() {}

    static ModelSource of(ModelRegistry registry, RegisteredVersion version) {
        Manifest manifest = version.manifest();
        Path folder = registry.artifacts(version.ref()).materialize();
        return new ModelSource(
                version.ref().toString(),
                folder,
                manifest.format().framework(),
                primaryFile(version, folder),
                manifest.io().signature().orElse(null));
    }

    /**
     * By the content of the files; the first one where that tells nothing, and the engine will say what it thinks of
     * it.
     */
    private static String primaryFile(RegisteredVersion version, Path folder) {
        try {
            return FrameworkDetector.standard()
                    .detect(ModelFiles.of(folder))
                    .primaryFile()
                    .orElse(version.manifest().files().get(0).path().value());
        } catch (IOException e) {
            throw new RegistryException(
                    ErrorCode.STORAGE,
                    "Cannot load '" + version.ref() + "': its files cannot be read, expected readable ones",
                    e);
        }
    }
}
