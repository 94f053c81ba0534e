package io.modelregistry.inference;

import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.serialization.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * About how much native and direct memory a model will take, told before it is loaded. Nothing is measured here.
 *
 * <p>For ONNX models in local files the weights are counted, so that dense, convolutional, recurrent and embedding
 * models of a few megabytes and more are met to 10 % on a CPU. A model that the runtime rewrites so that it holds
 * weights in another form as well (converted from half precision, dequantised, transposed) may take twice as much. For
 * other engines it is the size of the files, which was not compared with what they take. Beside it comes the memory of
 * the computation itself, which depends on the inputs.
 */
public final class ModelFootprint {
    private ModelFootprint() {}

    /**
     * For a model in a local folder.
     *
     * @throws RegistryException if the files cannot be read
     */
    public static long estimate(ModelSource source, LoadOptions options) {
        return Providers.findLikely(source, options)
                .map(provider -> provider.estimateMemory(source, options))
                .orElseGet(() -> fileBytes(source));
    }

    /**
     * For a model in a local file or folder.
     *
     * @throws InvalidValueException as {@link Predictors#load(Path, LoadOptions)} does
     * @throws RegistryException if the files cannot be read
     */
    public static long estimate(Path fileOrFolder, LoadOptions options) {
        return estimate(LocalModel.at(fileOrFolder, options), options);
    }

    /**
     * For a version of a registry, by its files, which are fetched if they are not here.
     *
     * @throws io.modelregistry.registry.CorruptionException if a file is not what was sealed
     * @throws InvalidValueException as {@link Predictors#load(ModelRegistry, String, LoadOptions)} does
     * @throws RegistryException if the files cannot be fetched or read
     */
    public static long estimate(ModelRegistry registry, RegisteredVersion version, LoadOptions options) {
        try (PinnedFolder folder = registry.artifacts(version.ref()).pin()) {
            return estimate(RegisteredSource.of(version, folder.path(), options), options);
        }
    }

    /**
     * For a version of a registry whose files need not be here: their size, as it was sealed. Ensembles of trees take
     * six times that, which only the file itself tells.
     */
    public static long estimate(RegisteredVersion version) {
        List<ArtifactFile> files = version.manifest().files();
        boolean hasWeights = files.stream().anyMatch(file -> file.kind() == FileKind.WEIGHTS);
        return files.stream()
                .filter(file -> !hasWeights || file.kind() == FileKind.WEIGHTS)
                .mapToLong(ArtifactFile::size)
                .sum();
    }

    /** The size of all files of a model. */
    static long fileBytes(ModelSource source) {
        try {
            long bytes = 0;
            for (String path : ModelFiles.of(source.folder()).paths()) {
                bytes += Files.size(source.folder().resolve(path));
            }
            return bytes;
        } catch (IOException e) {
            throw UnreadableFiles.of(source.id(), e);
        }
    }
}
