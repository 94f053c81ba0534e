package io.modelregistry.inference;

import io.modelregistry.model.Framework;
import io.modelregistry.model.Manifest;
import io.modelregistry.registry.RegisteredVersion;
import java.io.IOException;
import java.nio.file.Path;

/** Finds the file that an engine is pointed at in the local folder of a version of a registry. */
final class RegisteredSource {
    private RegisteredSource() {}

    static ModelSource of(RegisteredVersion version, Path folder, LoadOptions options) {
        Manifest manifest = version.manifest();
        String id = version.ref().toString();
        PrimaryFile primary = primaryFile(id, folder, manifest.format().framework(), options);
        // Where the files tell nothing it is the first one, and the engine says what it thinks of it.
        String path = primary.path().isEmpty() ? manifest.files().get(0).path().value() : primary.path();
        return new ModelSource(
                id, folder, primary.framework(), path, manifest.io().signature().orElse(null));
    }

    private static PrimaryFile primaryFile(String id, Path folder, Framework framework, LoadOptions options) {
        try {
            return options.findPrimaryFile().isPresent()
                    ? PrimaryFile.named(options.findPrimaryFile().get(), folder, framework)
                    : PrimaryFile.find(id, folder, framework);
        } catch (IOException e) {
            throw UnreadableFiles.of(id, e);
        }
    }
}
