package io.modelregistry.internal.export;

import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.registry.Artifacts.ExportLayout;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Where the files of a version go inside the folder of its number in a server's model repository.
 *
 * @param files the file of the version for each relative path
 * @param platform for whom, by Triton's names
 */
record ServerLayout(SortedMap<String, ArtifactPath> files, Platform platform) {
    /** A kind of model that a server runs. */
    enum Platform {
        /** A graph in one file, which may keep weights beside it. */
        ONNX("onnxruntime", "onnxruntime_onnx"),
        /** A folder. */
        SAVED_MODEL("tensorflow", "tensorflow_savedmodel"),
        /** A compiled module in one file. */
        TORCHSCRIPT("pytorch", "pytorch_libtorch");

        private final String backend;
        private final String tritonName;

        Platform(String backend, String tritonName) {
            this.backend = backend;
            this.tritonName = tritonName;
        }

        String backend() {
            return backend;
        }

        String tritonName() {
            return tritonName;
        }
    }

    private static final String SAVED_MODEL = "saved_model.pb";

    /** Arranges a version, or says why a server cannot run it. */
    static ServerLayout of(Export export) {
        Platform platform = platform(export);
        boolean isServing = export.layout() == ExportLayout.TENSORFLOW_SERVING;
        if (isServing && platform != Platform.SAVED_MODEL) {
            throw export.refused(
                    ErrorCode.UNSUPPORTED,
                    "TensorFlow Serving runs SavedModels, and this is "
                            + export.manifest().format().framework(),
                    "a version of the framework tensorflow");
        }
        SortedMap<String, ArtifactPath> files = switch (platform) {
            case ONNX -> beside(export, "model.onnx", primary(export, List.of(".onnx")));
            case TORCHSCRIPT -> beside(export, "model.pt", primary(export, List.of(".pt", ".pth", ".torchscript")));
            case SAVED_MODEL -> savedModel(export, isServing ? "" : "model.savedmodel/");
        };
        return new ServerLayout(files, platform);
    }

    private static Platform platform(Export export) {
        Framework framework = export.manifest().format().framework();
        if (framework.sameNameAs(Framework.ONNX)) {
            return Platform.ONNX;
        }
        if (framework.sameNameAs(Framework.TENSORFLOW)) {
            return Platform.SAVED_MODEL;
        }
        if (framework.sameNameAs(Framework.TORCHSCRIPT)) {
            return Platform.TORCHSCRIPT;
        }
        if (framework.sameNameAs(Framework.UNKNOWN)) {
            if (has(export, path -> path.name().equals(SAVED_MODEL))) {
                return Platform.SAVED_MODEL;
            }
            if (has(export, path -> path.folded().endsWith(".onnx"))) {
                return Platform.ONNX;
            }
        }
        throw export.refused(
                ErrorCode.UNSUPPORTED,
                "no built-in backend of the server runs the framework " + framework,
                "onnx, tensorflow or torchscript");
    }

    private static boolean has(Export export, Predicate<ArtifactPath> wanted) {
        return export.manifest().files().stream().map(ArtifactFile::path).anyMatch(wanted);
    }

    /** The file that the server is to load. */
    private static ArtifactPath primary(Export export, List<String> endings) {
        List<ArtifactPath> all =
                export.manifest().files().stream().map(ArtifactFile::path).toList();
        List<ArtifactPath> candidates = all.stream()
                .filter(path -> endings.stream().anyMatch(path.folded()::endsWith))
                .toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        Optional<ArtifactPath> named = candidates.stream()
                .filter(path -> path.value().equals("model" + endings.get(0)))
                .findFirst();
        if (named.isPresent()) {
            return named.get();
        }
        if (candidates.isEmpty() && all.size() == 1) {
            return all.get(0);
        }
        throw export.refused(
                ErrorCode.INVALID,
                candidates.isEmpty()
                        ? "none of its " + all.size() + " files ends with " + endings.get(0)
                        : "it has several files that could be the model: " + candidates,
                "one such file, or one that is called 'model" + endings.get(0) + "'");
    }

    /**
     * The primary file under the server's name, the others where they lie as seen from it: weights may be among them.
     */
    private static SortedMap<String, ArtifactPath> beside(Export export, String name, ArtifactPath primary) {
        String folder = folderOf(primary);
        SortedMap<String, ArtifactPath> files = new TreeMap<>();
        files.put(name, primary);
        for (ArtifactFile file : export.manifest().files()) {
            String path = file.path().value();
            String relative = path.startsWith(folder) ? path.substring(folder.length()) : path;
            if (!file.path().equals(primary) && files.put(relative, file.path()) != null) {
                throw export.refused(
                        ErrorCode.INVALID, "two of its files would be '" + relative + "'", "files that do not collide");
            }
        }
        return files;
    }

    private static SortedMap<String, ArtifactPath> savedModel(Export export, String into) {
        List<ArtifactPath> roots = export.manifest().files().stream()
                .map(ArtifactFile::path)
                .filter(path -> path.name().equals(SAVED_MODEL))
                .toList();
        if (roots.size() != 1) {
            throw export.refused(
                    ErrorCode.INVALID,
                    "it has " + roots.size() + " files called '" + SAVED_MODEL + "'"
                            + (roots.isEmpty() ? "" : ": " + roots),
                    "exactly one SavedModel");
        }
        String folder = folderOf(roots.get(0));
        SortedMap<String, ArtifactPath> files = new TreeMap<>();
        for (ArtifactFile file : export.manifest().files()) {
            String path = file.path().value();
            if (path.startsWith(folder)) {
                files.put(into + path.substring(folder.length()), file.path());
            }
        }
        return files;
    }

    private static String folderOf(ArtifactPath path) {
        return path.value().substring(0, path.value().lastIndexOf('/') + 1);
    }
}
