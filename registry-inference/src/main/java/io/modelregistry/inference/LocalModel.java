package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.serialization.Detection;
import io.modelregistry.serialization.FrameworkDetector;
import io.modelregistry.serialization.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Tells by their content what kind of model lies at a path that a caller points at. */
final class LocalModel {
    private LocalModel() {}

    static ModelSource at(Path fileOrFolder) {
        Path absolute = fileOrFolder.toAbsolutePath().normalize();
        Path name = absolute.getFileName();
        Path parent = absolute.getParent();
        if (name == null || parent == null || !Files.exists(absolute)) {
            throw new InvalidValueException(
                    "model path", fileOrFolder.toString(), "there is nothing", "a file or a folder");
        }
        try {
            ModelFiles files = ModelFiles.of(absolute);
            Detection detection = FrameworkDetector.standard().detect(files);
            String id = name.toString();
            return Files.isDirectory(absolute)
                    ? ModelSource.of(id, absolute, detection.framework(), primary(id, files.paths(), detection))
                    : ModelSource.of(id, parent, detection.framework(), id);
        } catch (IOException e) {
            throw new RegistryException(
                    ErrorCode.STORAGE,
                    "Cannot load model '" + name + "': its files cannot be read, expected readable ones",
                    e);
        }
    }

    private static String primary(String folder, List<String> paths, Detection detection) {
        List<String> onnx = paths.stream()
                .filter(path -> path.toLowerCase(Locale.ROOT).endsWith(".onnx"))
                .sorted()
                .toList();
        if (onnx.size() > 1) {
            throw new InvalidValueException(
                    "model folder",
                    folder,
                    "it holds " + onnx.size() + " models " + onnx,
                    "one model, or the path of a file");
        }
        return detection
                .primaryFile()
                .or(() -> onnx.stream().findFirst())
                .orElseThrow(() -> new InvalidValueException(
                        "model folder", folder, "it holds no model: " + detection.reason(), "a folder with one model"));
    }
}
