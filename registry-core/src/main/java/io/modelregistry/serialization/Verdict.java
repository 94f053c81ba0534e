package io.modelregistry.serialization;

import io.modelregistry.model.LoadSafety;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * From what each file is to what they are together; {@code skipped} counts the files of which nobody knows, because
 * looking at all of them may cost only so much.
 */
record Verdict(List<String> paths, Map<String, Finding> findings, int skipped, Optional<HuggingFaceFolder> folder) {
    /** The order in which the formats of one folder claim to be its model. */
    private static final List<String> PRECEDENCE = List.of(
            "savedmodel",
            "onnx",
            "torchscript",
            "keras",
            "keras-hdf5",
            "gguf",
            "safetensors",
            "xgboost-json",
            "xgboost-ubjson",
            "xgboost-binary",
            "lightgbm-text",
            "torch-zip",
            "torch-legacy",
            "tflite",
            "keras-hdf5-weights",
            "joblib",
            "pickle",
            "java-serialization",
            "pmml",
            "hdf5",
            "npz",
            "npy");

    Detection reach() {
        if (paths.isEmpty()) {
            return new Detection(Finding.unknown("there are no files"), Optional.empty(), Map.of());
        }
        Optional<Map.Entry<String, Finding>> primary = findings.entrySet().stream()
                .filter(entry -> entry.getValue().confidence() != Confidence.NONE)
                .min(Comparator.comparingInt(entry -> rank(entry.getValue().format())));
        if (primary.isEmpty()) {
            return unrecognised();
        }
        String path = primary.get().getKey();
        Finding own = primary.get().getValue();
        Finding whole;
        if (folder.isPresent() && folder.get().isAround(path)) {
            whole = folder.get().describe(own, path);
        } else {
            String where = paths.size() == 1 ? "" : "of '" + Finding.printable(path) + "': ";
            whole = own.as(own.framework(), where + own.reason());
        }
        addOthers(whole, path);
        checkReferences(whole, path);
        return new Detection(whole, Optional.of(path), FileKinds.of(paths, findings, path));
    }

    private Detection unrecognised() {
        Finding only = findings.isEmpty()
                ? Finding.unknown("no file was looked at")
                : findings.values().iterator().next();
        Finding whole = paths.size() == 1
                ? only
                : Finding.unknown("none of " + paths.size() + " files is of a format that is known; '"
                        + Finding.printable(paths.get(0)) + "': " + only.reason());
        folder.ifPresent(present ->
                whole.warn("there is a configuration of a Hugging Face model, but no weights that are known"));
        return new Detection(
                whole, Optional.empty(), FileKinds.of(paths, findings, paths.size() == 1 ? paths.get(0) : ""));
    }

    /** The worst of all files counts, because nobody knows which of them will be loaded. */
    private void addOthers(Finding whole, String primary) {
        long same = findings.values().stream()
                .filter(f -> f.format().equals(whole.format()))
                .count();
        if (same > 1) {
            whole.warn(same + " files are " + whole.format() + "; '" + primary + "' is taken for the model");
        }
        Set<String> otherFormats = new HashSet<>();
        findings.forEach((path, finding) -> {
            if (path.equals(primary) || finding.confidence() == Confidence.NONE) {
                return;
            }
            whole.atLeast(finding.safety());
            if (finding.safety() == LoadSafety.EXECUTES_CODE) {
                whole.warn("'" + path + "' is " + finding.format() + ", which executes code when it is loaded")
                        .imports(finding.imports());
            } else if (otherFormats.add(finding.format()) && !finding.format().equals(whole.format())) {
                whole.warn("'" + path + "' is " + finding.format() + ", besides " + whole.format());
            }
            finding.damage().ifPresent(damage -> whole.damage("'" + path + "': " + damage));
        });
        if (skipped > 0) {
            whole.atLeast(LoadSafety.UNKNOWN)
                    .warn(skipped + " of " + paths.size()
                            + " files were not looked at, or not far enough to be recognised");
        }
    }

    private void checkReferences(Finding whole, String primary) {
        String folderOf = primary.substring(0, primary.lastIndexOf('/') + 1);
        Set<String> present = Set.copyOf(paths);
        for (String reference : whole.references()) {
            if (reference.startsWith("/")
                    || reference.contains("..")
                    || reference.contains("\\")
                    || reference.contains(":")) {
                whole.atLeast(LoadSafety.UNKNOWN)
                        .damage("it refers to data outside its folder: '" + Finding.printable(reference) + "'");
            } else if (!present.contains(folderOf + reference)) {
                whole.damage("it needs the file '" + Finding.printable(folderOf + reference) + "', which is not there");
            }
        }
    }

    private static int rank(String format) {
        int plus = format.indexOf('+');
        int rank = PRECEDENCE.indexOf(plus < 0 ? format : format.substring(0, plus));
        return rank < 0 ? PRECEDENCE.size() : rank;
    }
}
