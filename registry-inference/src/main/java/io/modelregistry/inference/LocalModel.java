package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Tells by names what kind of model lies at a path that a caller points at. */
final class LocalModel {
    static final String SAVED_MODEL = "saved_model.pb";

    private static final Map<String, Framework> BY_SUFFIX = Map.of(
            ".onnx", Framework.ONNX,
            ".pt", Framework.TORCHSCRIPT,
            ".ts", Framework.TORCHSCRIPT,
            ".pth", Framework.PYTORCH,
            ".joblib", Framework.SKLEARN,
            ".pkl", Framework.PICKLE,
            ".pickle", Framework.PICKLE,
            ".keras", Framework.KERAS,
            ".safetensors", Framework.SAFETENSORS,
            ".gguf", Framework.GGUF);

    private LocalModel() {}

    static ModelSource at(Path fileOrFolder) {
        Path absolute = fileOrFolder.toAbsolutePath().normalize();
        Path name = absolute.getFileName();
        if (name == null || !Files.exists(absolute)) {
            throw new InvalidValueException(
                    "model path", fileOrFolder.toString(), "there is nothing", "a file or a folder");
        }
        if (!Files.isDirectory(absolute)) {
            Path folder = absolute.getParent();
            return ModelSource.of(
                    name.toString(), folder == null ? absolute : folder, framework(name.toString()), name.toString());
        }
        String primary = primary(fileOrFolder, files(absolute));
        return ModelSource.of(name.toString(), absolute, framework(primary), primary);
    }

    private static String primary(Path folder, List<String> files) {
        if (files.contains(SAVED_MODEL)) {
            return SAVED_MODEL;
        }
        List<String> models = files.stream()
                .filter(file -> !framework(file).equals(Framework.UNKNOWN))
                .toList();
        if (models.size() != 1) {
            throw new InvalidValueException(
                    "model folder",
                    folder.toString(),
                    "it holds " + models.size() + " models " + models,
                    "one, or the path of a file");
        }
        return models.get(0);
    }

    private static Framework framework(String file) {
        if (file.equals(SAVED_MODEL)) {
            return Framework.TENSORFLOW;
        }
        int dot = file.lastIndexOf('.');
        String suffix = dot < 0 ? "" : file.substring(dot).toLowerCase(Locale.ROOT);
        return BY_SUFFIX.getOrDefault(suffix, Framework.UNKNOWN);
    }

    private static List<String> files(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .map(entry -> folder.relativize(entry).toString())
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            throw new InvalidValueException("model path", folder.toString(), "it vanished", "a folder");
        } catch (IOException e) {
            throw new RegistryException(
                    ErrorCode.STORAGE,
                    "Cannot load model '" + folder + "': its folder cannot be read, expected a readable one",
                    e);
        }
    }
}
