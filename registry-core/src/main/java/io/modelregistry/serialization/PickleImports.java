package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads the list of a pickle's imports: whose model it is, and what does not belong into one. */
final class PickleImports {
    private static final Map<String, Framework> FRAMEWORKS = Map.of(
            "sklearn", Framework.SKLEARN,
            "xgboost", Framework.XGBOOST,
            "lightgbm", Framework.LIGHTGBM,
            "torch", Framework.PYTORCH,
            "keras", Framework.KERAS,
            "tensorflow", Framework.TENSORFLOW);
    private static final Set<String> PACKAGES = Set.of(
            "sklearn",
            "xgboost",
            "lightgbm",
            "torch",
            "keras",
            "tensorflow",
            "numpy",
            "scipy",
            "pandas",
            "joblib",
            "collections");
    private static final Set<String> PLUMBING =
            Set.of("numpy", "joblib", "collections", "builtins", "__builtin__", "copyreg", "copy_reg", "_codecs");
    private static final Set<String> HARMLESS_BUILTINS = Set.of(
            "object",
            "set",
            "frozenset",
            "list",
            "dict",
            "tuple",
            "int",
            "long",
            "float",
            "complex",
            "str",
            "unicode",
            "bytes",
            "bytearray",
            "bool",
            "slice",
            "range",
            "xrange");

    private PickleImports() {}

    /** The framework that the first import of one belongs to. */
    static Optional<Framework> framework(Collection<String> imports) {
        return imports.stream()
                .map(name -> FRAMEWORKS.get(topLevel(name)))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** The first class that is not there merely to put the object together. */
    static Optional<String> mainClass(Collection<String> imports) {
        return imports.stream()
                .filter(name -> !PLUMBING.contains(topLevel(name)))
                .findFirst();
    }

    /**
     * Warns about imports that are neither part of the known libraries nor plain Python types. It is a hint for people:
     * what is left out is not thereby harmless.
     */
    static void warnAbout(Collection<String> imports, Finding finding) {
        List<String> foreign =
                imports.stream().filter(name -> !isExpected(name)).limit(10).toList();
        if (!foreign.isEmpty()) {
            finding.warn("it imports what no known library needs: " + String.join(", ", foreign));
        }
    }

    private static boolean isExpected(String name) {
        String top = topLevel(name);
        return switch (top) {
            case "builtins", "__builtin__" -> HARMLESS_BUILTINS.contains(name.substring(top.length() + 1));
            case "copyreg", "copy_reg" -> name.endsWith("._reconstructor") || name.endsWith(".__newobj__");
            case "_codecs" -> name.equals("_codecs.encode");
            default -> PACKAGES.contains(top);
        };
    }

    private static String topLevel(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
