package io.modelregistry.inference;

import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.serialization.FrameworkDetector;
import io.modelregistry.serialization.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells by their content what kind of model lies at a path that a caller points at. */
final class LocalModel {
    private LocalModel() {}

    static ModelSource at(Path fileOrFolder, LoadOptions options) {
        Path absolute = fileOrFolder.toAbsolutePath().normalize();
        Path name = absolute.getFileName();
        Path parent = absolute.getParent();
        if (name == null || parent == null || !Files.exists(absolute)) {
            throw new InvalidValueException(
                    "model path", fileOrFolder.toString(), "there is nothing", "a file or a folder");
        }
        String id = name.toString();
        try {
            if (Files.isDirectory(absolute)) {
                return inFolder(id, absolute, options);
            }
            Framework framework = FrameworkDetector.standard().framework(ModelFiles.of(absolute));
            return ModelSource.of(id, parent, framework, id);
        } catch (IOException e) {
            throw UnreadableFiles.of(id, e);
        }
    }

    private static ModelSource inFolder(String id, Path folder, LoadOptions options) throws IOException {
        PrimaryFile primary = options.findPrimaryFile().isPresent()
                ? PrimaryFile.named(options.findPrimaryFile().get(), folder, Framework.UNKNOWN)
                : PrimaryFile.find(id, folder, Framework.UNKNOWN);
        if (primary.path().isEmpty()) {
            throw new InvalidValueException(
                    "model folder", id, "it holds no model: " + primary.reason(), "a folder with one model");
        }
        return ModelSource.of(id, folder, primary.framework(), primary.path());
    }
}
