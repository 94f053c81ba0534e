package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import io.modelregistry.serialization.FileBytes.Allowance;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A folder as Hugging Face's transformers writes it: {@code config.json} with a model type or architectures, and the
 * weights beside it. The names are part of the format.
 */
record HuggingFaceFolder(String folder, JsonGlance config, boolean hasPython) {
    private static final String CONFIG = "config.json";
    /** More than a glance takes, so that it is never spent. */
    private static final int MAX_CONFIG = 4 << 20;

    private static final int MAX_CANDIDATES = 16;

    /** The first such configuration among the paths. */
    static Optional<HuggingFaceFolder> find(ModelFiles files, Collection<String> paths) throws IOException {
        List<String> candidates = paths.stream()
                .filter(path -> path.equals(CONFIG) || path.endsWith("/" + CONFIG))
                .limit(MAX_CANDIDATES)
                .toList();
        for (String path : candidates) {
            String folder = path.substring(0, path.length() - CONFIG.length());
            try (FileBytes bytes = new FileBytes(files, path, new Allowance(MAX_CONFIG, null))) {
                JsonGlance config = JsonGlance.of(bytes);
                if (config.has("model_type") || config.has("architectures")) {
                    boolean python = paths.stream().anyMatch(p -> p.startsWith(folder) && p.endsWith(".py"));
                    return Optional.of(new HuggingFaceFolder(folder, config, python));
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a file lies in this folder or below it. */
    boolean isAround(String path) {
        return path.startsWith(folder);
    }

    /** What the weights are as a part of this folder. */
    Finding describe(Finding weights, String path) {
        Finding finding = weights.as(
                Framework.HUGGINGFACE,
                "'" + Finding.printable(folder) + CONFIG + "' names a model of Hugging Face, and '"
                        + Finding.printable(path) + "' has its weights: " + weights.reason());
        config.text("model_type").or(() -> config.text("architectures")).ifPresent(finding::modelType);
        config.text("transformers_version").ifPresent(finding::version);
        finding.detail("architecture", config.text("architectures").orElse(""))
                .detail("weights", weights.framework().toString());
        if (config.has("auto_map")) {
            finding.atLeast(LoadSafety.EXECUTES_CODE)
                    .warn(
                            "its configuration asks for Python code of its own (auto_map), which runs when remote code is trusted");
        } else if (hasPython) {
            finding.warn("it brings Python files along");
        }
        return finding;
    }
}
