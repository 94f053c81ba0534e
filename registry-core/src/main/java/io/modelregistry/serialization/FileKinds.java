package io.modelregistry.serialization;

import io.modelregistry.model.FileKind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Suggests what each file is: by what was found in it, then by its name. */
final class FileKinds {
    private static final Set<String> TOKENIZER_NAMES = Set.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "vocab.txt",
            "vocab.json",
            "merges.txt",
            "special_tokens_map.json",
            "added_tokens.json",
            "spiece.model",
            "sentencepiece.bpe.model",
            "chat_template.jinja");
    private static final Set<String> CONFIG_ENDS =
            Set.of(".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".properties", ".pbtxt", ".xml", ".conf");
    private static final Set<String> DOCUMENTATION_ENDS = Set.of(".md", ".rst", ".html", ".pdf");
    private static final Set<String> DOCUMENTATION_NAMES = Set.of(
            "readme", "readme.txt", "license", "license.txt", "notice", "notice.txt", "changelog", "changelog.txt");

    private FileKinds() {}

    /** A kind for each path; the primary file and what it refers to are weights. */
    static Map<String, FileKind> of(List<String> paths, Map<String, Finding> findings, String primary) {
        Map<String, FileKind> kinds = new TreeMap<>();
        for (String path : paths) {
            Finding finding = findings.get(path);
            kinds.put(path, path.equals(primary) || isModel(finding) ? FileKind.WEIGHTS : byName(path));
        }
        Finding found = findings.get(primary);
        String folder = primary.substring(0, primary.lastIndexOf('/') + 1);
        if (found != null) {
            found.references()
                    .forEach(reference -> kinds.computeIfPresent(folder + reference, (path, kind) -> FileKind.WEIGHTS));
            if (found.format().equals("savedmodel")) {
                kinds.replaceAll((path, kind) -> path.startsWith(folder + "variables/") ? FileKind.WEIGHTS : kind);
            }
        }
        return kinds;
    }

    /** Arrays beside a model are mostly its examples, which the name tells. */
    private static boolean isModel(@Nullable Finding finding) {
        return finding != null
                && finding.confidence() != Confidence.NONE
                && !finding.format().equals("npy")
                && !finding.format().equals("npz");
    }

    private static FileKind byName(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        String name = lower.substring(lower.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        String end = dot < 0 ? "" : name.substring(dot);
        if (TOKENIZER_NAMES.contains(name)) {
            return FileKind.TOKENIZER;
        }
        if (DOCUMENTATION_NAMES.contains(name) || DOCUMENTATION_ENDS.contains(end)) {
            return FileKind.DOCUMENTATION;
        }
        if (name.contains("example")
                || name.contains("sample")
                || lower.startsWith("examples/")
                || lower.contains("/examples/")) {
            return FileKind.EXAMPLE;
        }
        return CONFIG_ENDS.contains(end) ? FileKind.CONFIG : FileKind.OTHER;
    }
}
