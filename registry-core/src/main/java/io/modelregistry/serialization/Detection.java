package io.modelregistry.serialization;

import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@link FrameworkDetector} found out about the files of a version. Immutable.
 *
 * <p>All texts that come from the files are cut to a reasonable length and hold no control characters. It is an
 * observation, not a verdict: files that were written to deceive can look like another format than a given loader takes
 * them for.
 */
public final class Detection {
    private final Finding finding;
    private final Optional<String> primaryFile;
    private final Map<String, FileKind> kinds;

    Detection(Finding finding, Optional<String> primaryFile, Map<String, FileKind> kinds) {
        this.finding = finding;
        this.primaryFile = primaryFile;
        this.kinds = Collections.unmodifiableMap(new TreeMap<>(kinds));
    }

    /**
     * The framework that the files are made for, with its version where the files tell; {@link Framework#UNKNOWN}
     * otherwise.
     */
    public Framework framework() {
        return finding.framework();
    }

    /** The format of the primary file, such as {@code savedmodel}, {@code joblib+zlib} or {@code xgboost-ubjson}. */
    public String format() {
        return finding.format();
    }

    /** What kind of model it is where that is visible: the Python or Java class, the architecture, the objective. */
    public Optional<String> modelType() {
        return finding.modelType();
    }

    /** How much of the format's structure was seen. */
    public Confidence confidence() {
        return finding.confidence();
    }

    /** The worst of what loading any of the recognised files may do, not only the primary one. */
    public LoadSafety safety() {
        return finding.safety();
    }

    /** The file that an engine is pointed at; empty when nothing was recognised. */
    public Optional<String> primaryFile() {
        return primaryFile;
    }

    /**
     * What shows that the files are truncated, corrupt or incomplete; empty when nothing does, which proves nothing.
     */
    public Optional<String> damage() {
        return finding.damage();
    }

    /** By what it was recognised, or why it was not. */
    public String reason() {
        return finding.reason();
    }

    /** What a person should know before using the files, the most important first. */
    public List<String> warnings() {
        return finding.warnings();
    }

    /**
     * The Python globals or Java classes that the files name, in order, without repetitions, at most 1,000. They are
     * what loading would import.
     */
    public List<String> imports() {
        return finding.imports();
    }

    /** Further facts by name, such as {@code ir_version}; the names depend on the format. */
    public Map<String, String> details() {
        return finding.details();
    }

    /** A suggestion for what each of the files is. */
    public Map<String, FileKind> kinds() {
        return kinds;
    }

    /** Framework, format and reason on one line. */
    @Override
    public String toString() {
        return "%s (%s, %s): %s".formatted(framework(), format(), safety(), reason());
    }
}
