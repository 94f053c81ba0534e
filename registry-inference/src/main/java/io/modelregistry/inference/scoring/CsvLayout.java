package io.modelregistry.inference.scoring;

import io.modelregistry.model.InvalidValueException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a CSV file is laid out, and which of its columns make which input; immutable.
 *
 * <p>The elements of an input lie in its columns in row-major order. An input that no mapping names takes the column of
 * its own name where it needs just one; a single further input takes all columns that are left. Are these too many, it
 * takes those that hold a number in the first row, and if these are not exactly as many as it needs, the file is
 * refused.
 */
public final class CsvLayout {
    private final @Nullable List<String> names;
    private final char delimiter;
    private final Map<String, List<String>> mapping;
    private final Set<String> ignored;

    private CsvLayout(
            @Nullable List<String> names, char delimiter, Map<String, List<String>> mapping, Set<String> ignored) {
        this.names = names;
        this.delimiter = delimiter;
        this.mapping = mapping;
        this.ignored = ignored;
    }

    /** Cells between commas, below a line with the names of the columns. */
    public static CsvLayout withHeader() {
        return new CsvLayout(null, ',', Map.of(), Set.of());
    }

    /**
     * Cells between commas, without a line of names.
     *
     * @param names the names of the columns in their order
     * @throws InvalidValueException if there is none, or two are equal
     */
    public static CsvLayout withoutHeader(List<String> names) {
        requireDistinct(names);
        return new CsvLayout(List.copyOf(names), ',', Map.of(), Set.of());
    }

    static void requireDistinct(List<String> names) {
        Set<String> seen = new LinkedHashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new InvalidValueException("CSV columns", name, "two columns have this name", "distinct names");
            }
        }
        if (seen.isEmpty()) {
            throw new InvalidValueException("CSV columns", "", "there is none", "at least one column");
        }
    }

    /**
     * The same with another delimiter.
     *
     * @throws InvalidValueException if it is a quote or ends a line
     */
    public CsvLayout delimitedBy(char character) {
        if (character == '"' || character == '\n' || character == '\r') {
            throw new InvalidValueException(
                    "CSV delimiter",
                    String.valueOf(character),
                    "it has a meaning of its own",
                    "a character such as a comma, a semicolon or a tab");
        }
        return new CsvLayout(names, character, mapping, ignored);
    }

    /** The same with the columns that make an input, in row-major order. */
    public CsvLayout input(String tensor, List<String> columns) {
        requireDistinct(columns);
        Map<String, List<String>> more = new LinkedHashMap<>(mapping);
        more.put(tensor, List.copyOf(columns));
        return new CsvLayout(names, delimiter, more, ignored);
    }

    /** The same with columns that make no input. */
    public CsvLayout ignoring(String... columns) {
        Set<String> more = new LinkedHashSet<>(ignored);
        more.addAll(List.of(columns));
        return new CsvLayout(names, delimiter, mapping, more);
    }

    Optional<List<String>> findNames() {
        return Optional.ofNullable(names);
    }

    char delimiter() {
        return delimiter;
    }

    Map<String, List<String>> mapping() {
        return mapping;
    }

    Set<String> ignored() {
        return ignored;
    }

    /** All that decides how rows are read, in one line. */
    @Override
    public String toString() {
        return "CSV[" + (names == null ? "header" : names) + ", delimiter=" + (int) delimiter + ", " + mapping
                + ", ignoring " + ignored + "]";
    }
}
