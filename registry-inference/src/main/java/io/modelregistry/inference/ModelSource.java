package io.modelregistry.inference;

import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model in a local folder, ready for an engine: every file of it lies there under its own name.
 *
 * @param id how messages call it, such as {@code digits:1.0.0}; never a path of the host
 * @param folder the folder that holds all files of the model
 * @param framework what the files are made for
 * @param primaryFile the path of the file that an engine is pointed at, relative to the folder, with {@code /}
 * @param declared the signature that the manifest or the caller declares; null for none
 */
public record ModelSource(
        String id,
        Path folder,
        Framework framework,
        String primaryFile,
        @Nullable TensorSignature declared) {
    /**
     * Checks that the primary file lies in the folder.
     *
     * @throws InvalidValueException if the id is empty or the path leads out of the folder
     */
    public ModelSource {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(framework, "framework");
        if (id.isEmpty()) {
            throw new InvalidValueException("model id", id, "it is empty", "a text such as digits:1.0.0");
        }
        Path root = folder.toAbsolutePath().normalize();
        Path primary = root.resolve(primaryFile).normalize();
        if (primaryFile.isEmpty() || !primary.startsWith(root) || primary.equals(root)) {
            throw new InvalidValueException(
                    "primary file", primaryFile, "it is not below the folder", "a relative path");
        }
    }

    /** A model without a declared signature. */
    public static ModelSource of(String id, Path folder, Framework framework, String primaryFile) {
        return new ModelSource(id, folder, framework, primaryFile, null);
    }

    /** The same model with a declared signature, or with none. */
    public ModelSource withDeclared(@Nullable TensorSignature signature) {
        return new ModelSource(id, folder, framework, primaryFile, signature);
    }

    /** Where the primary file lies. */
    public Path primaryPath() {
        return folder.resolve(primaryFile);
    }

    /** The declared signature, if there is one. */
    public Optional<TensorSignature> findDeclared() {
        return Optional.ofNullable(declared);
    }
}
