package io.modelregistry.inference;

import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.serialization.Detection;
import io.modelregistry.serialization.FrameworkDetector;
import io.modelregistry.serialization.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The file of a folder that an engine is pointed at, and what it is made for.
 *
 * <p>It is the one that the caller names; else the only one of the model's framework; else what the content of all
 * files suggests. Two of one framework are never decided between: the answers of the other one would be wrong.
 *
 * @param path relative to the folder; empty if no file is recognised
 * @param reason why that is so
 */
record PrimaryFile(String path, Framework framework, String reason) {
    /** By what names the files of a framework go that can be a model by themselves. */
    private static final Map<String, List<String>> NAMES = Map.of(
            Framework.ONNX.name(), List.of(".onnx", ".ort"),
            Framework.UNKNOWN.name(), List.of(".onnx", ".ort"),
            Framework.TORCHSCRIPT.name(), List.of(".pt", ".pth", ".ts", ".torchscript"),
            Framework.TENSORFLOW.name(), List.of("saved_model.pb"));

    /**
     * Looks at all files of a model.
     *
     * @param id how messages call it
     * @param declared what the model is known to be made for; {@link Framework#UNKNOWN} lets the files tell
     * @throws InvalidValueException if several files are a model of that framework
     */
    static PrimaryFile find(String id, Path folder, Framework declared) throws IOException {
        ModelFiles files = ModelFiles.of(folder);
        Detection detection = FrameworkDetector.standard().detect(files);
        boolean unknown = declared.sameNameAs(Framework.UNKNOWN);
        Framework framework = unknown ? detection.framework() : declared;
        List<String> candidates = candidates(folder, files.paths(), framework);
        if (candidates.size() > 1) {
            throw new InvalidValueException(
                    "model",
                    id,
                    "it holds " + candidates.size() + " models " + candidates,
                    "one model, or its path in LoadOptions.primaryFile");
        }
        String path = candidates.isEmpty() ? detection.primaryFile().orElse("") : candidates.get(0);
        return new PrimaryFile(path, framework, detection.reason());
    }

    /** By name, and by content where there are several of them. */
    private static List<String> candidates(Path folder, List<String> paths, Framework framework) throws IOException {
        List<String> endings = NAMES.getOrDefault(framework.name(), List.of());
        List<String> named = paths.stream()
                .filter(path -> endings.stream().anyMatch(path.toLowerCase(Locale.ROOT)::endsWith))
                .sorted()
                .toList();
        if (named.size() < 2) {
            return named;
        }
        List<String> recognised = new ArrayList<>();
        for (String path : named) {
            if (frameworkOf(folder.resolve(path)).sameNameAs(framework)) {
                recognised.add(path);
            }
        }
        return recognised.isEmpty() ? named : recognised;
    }

    /**
     * The file that a caller names.
     *
     * @param declared what it is taken for if its content does not tell
     * @throws InvalidValueException if the model has no such file
     */
    static PrimaryFile named(String path, Path folder, Framework declared) throws IOException {
        List<String> paths = ModelFiles.of(folder).paths();
        if (!paths.contains(path)) {
            throw new InvalidValueException(
                    "primary file",
                    path,
                    "the model has no such file",
                    "one of " + paths.stream().sorted().toList());
        }
        Framework framework = frameworkOf(folder.resolve(path));
        return new PrimaryFile(path, framework.sameNameAs(Framework.UNKNOWN) ? declared : framework, "it is named");
    }

    private static Framework frameworkOf(Path file) throws IOException {
        return FrameworkDetector.standard().framework(ModelFiles.of(file));
    }
}
