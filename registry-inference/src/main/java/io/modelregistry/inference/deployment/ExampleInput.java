package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.deployment.PreflightFailedException.Check;
import io.modelregistry.inference.scoring.InvalidRowException;
import io.modelregistry.inference.scoring.JsonInputs;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * The input that a version brings along to be tried with: a file of the kind {@link FileKind#EXAMPLE} whose name has
 * {@code input} in it and ends with {@code .json}, which holds one JSON object with a nested array for each input.
 */
final class ExampleInput {
    private static final int LARGEST = 16 << 20;

    private ExampleInput() {}

    static Optional<Tensors> of(
            ModelRegistry registry, PinnedVersion version, RegisteredVersion registered, TensorSignature signature) {
        Optional<ArtifactFile> file = registered.manifest().files().stream()
                .filter(candidate -> candidate.kind() == FileKind.EXAMPLE && candidate.size() <= LARGEST)
                .filter(candidate -> isInput(candidate.path().toString().toLowerCase(Locale.ROOT)))
                .findFirst();
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = registry.artifacts(version.ref()).open(file.get().path())) {
            return Optional.of(JsonInputs.parse(in.readAllBytes(), signature));
        } catch (IOException | InvalidRowException e) {
            throw new PreflightFailedException(
                    version,
                    Check.FUNCTION,
                    "its example input '" + file.get().path() + "' cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private static boolean isInput(String path) {
        return path.contains("input") && path.endsWith(".json");
    }
}
