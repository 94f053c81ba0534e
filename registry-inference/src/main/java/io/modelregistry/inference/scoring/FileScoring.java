package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Scores the rows of a file into another one, in bounded memory, in the order of the input, and so that a run that was
 * ended at any moment goes on where it was.
 *
 * <p><b>Input.</b> CSV as {@link CsvLayout} says, or JSON lines: one object on each line, with a nested array for each
 * input. Both are UTF-8. A row is written without the dimension of the batch ({@code {"x":[1,2]}} for {@code x
 * FP32[batch,2]}), and its outputs are, too; JSON lines may hold that dimension, and then their outputs do.
 * Floating-point inputs take {@code NaN}, {@code Infinity} and {@code -Infinity}, in JSON as texts.
 *
 * <p><b>Output.</b> JSON lines, one for each row: {@code {"row":17,"outputs":{"label":3}}} or
 * {@code {"row":18,"error":{"code":"INVALID","message":"...","line":19,"column":4}}}. Rows are counted from 1. Numbers
 * are the shortest that read back as the same bits; what is not finite is a text as above.
 *
 * <p><b>Resuming.</b> Beside the output lies a file of the same name with {@code .progress}. A run that finds it goes
 * on behind what it says is whole, and the bytes in the end are those of a run that was never interrupted. Input, model
 * and options have to be the same. A run that finds all done does nothing.
 *
 * <p>Immutable; each {@link #run} is a run of its own, and one at a time writes an output.
 */
public final class FileScoring {
    private final Builder settings;

    private FileScoring(Builder settings) {
        this.settings = settings;
    }

    /** Begins with a predictor, which stays with the caller, and is told by the name of its model. */
    public static Builder of(Predictor predictor) {
        return new Builder(predictor, predictor.description().model());
    }

    /** Begins with a shared predictor, which is told by its reference with the digest. */
    public static Builder of(SharedPredictor shared) {
        return new Builder(shared.predictor(), shared.ref().toString());
    }

    /**
     * Scores all rows that are not yet done.
     *
     * @throws OutputTakenException if the output belongs to something else than this run
     * @throws TooManyFailedRowsException if more rows failed than are allowed
     * @throws InvalidValueException if there is no input, or its columns cannot be told
     * @throws ScoringFileException if a file cannot be read or written, or the thread was interrupted
     * @throws RegistryException if the predictor was closed
     */
    public ScoringReport run() {
        String name = String.valueOf(settings.input().getFileName());
        if (!Files.isRegularFile(settings.input())) {
            throw new InvalidValueException("input", name, "there is no such file", "a file to read");
        }
        try {
            return new FileScoringRun(settings).run();
        } catch (IOException e) {
            throw ScoringFileException.of(name, e);
        }
    }

    /** Collects what a run needs. Not thread-safe. */
    public static final class Builder {
        private static final int LONGEST_ROW = 8 << 20;

        private final Predictor predictor;
        private String model;
        private @Nullable Path input;
        private @Nullable Path output;
        private @Nullable CsvLayout csv;
        private @Nullable Set<String> ignoredFields;
        private ScoringOptions options = ScoringOptions.defaults();
        private String preparation = "";
        private UnaryOperator<Tensors> prepare = UnaryOperator.identity();
        private long maxFailedRows = 1000;
        private int longestRow = LONGEST_ROW;
        private Duration saveInterval = Duration.ofSeconds(1);
        private ScoringListener listener = progress -> {};

        private Builder(Predictor predictor, String model) {
            this.predictor = predictor;
            this.model = model;
        }

        private Builder(Builder from) {
            predictor = from.predictor;
            model = from.model;
            input = from.input();
            output = from.output();
            csv = from.csv;
            ignoredFields = from.ignoredFields;
            options = from.options;
            preparation = from.preparation;
            prepare = from.prepare;
            maxFailedRows = from.maxFailedRows;
            longestRow = from.longestRow;
            saveInterval = from.saveInterval;
            listener = from.listener;
        }

        /** The file to read. */
        public Builder from(Path file) {
            input = file.toAbsolutePath().normalize();
            return this;
        }

        /**
         * The file to write; two more of the same name with {@code .progress} and {@code .progress.tmp} lie beside it.
         */
        public Builder to(Path file) {
            output = file.toAbsolutePath().normalize();
            return this;
        }

        /** The input is CSV. By default a file that is called {@code .csv} is, with a header. */
        public Builder csv(CsvLayout layout) {
            csv = Objects.requireNonNull(layout, "layout");
            return this;
        }

        /**
         * The input is JSON lines. By default a file that is called {@code .jsonl} or {@code .ndjson} is, and every
         * field has to be an input.
         *
         * @param ignored fields that are no inputs
         */
        public Builder jsonLines(String... ignored) {
            ignoredFields = new LinkedHashSet<>(Set.of(ignored));
            return this;
        }

        /** How rows are put into calls of the engine. The rows of a batch have to stay the same in a resumed run. */
        public Builder options(ScoringOptions choice) {
            options = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /**
         * Changes each row before it is predicted, such as by scaling it; called by the thread of the run.
         *
         * @param name what this does: a resumed run has to have the same, as a function cannot be compared
         */
        public Builder prepare(String name, UnaryOperator<Tensors> change) {
            preparation = Objects.requireNonNull(name, "name");
            prepare = Objects.requireNonNull(change, "change");
            return this;
        }

        /** What tells the model in the progress file; needed where its name does not. */
        public Builder modelId(String id) {
            model = Objects.requireNonNull(id, "id");
            return this;
        }

        /** The most rows that may fail, 1000 by default; one more ends the run. */
        public Builder maxFailedRows(long rows) {
            maxFailedRows = inRange("failed rows", rows, 0);
            return this;
        }

        /** The most bytes of a row, 8 MiB by default; a longer one fails. */
        public Builder longestRow(int bytes) {
            longestRow = (int) inRange("longest row", bytes, 1);
            return this;
        }

        /** How long a run computes between two writes of the progress file, 1 second by default. */
        public Builder saveInterval(Duration interval) {
            inRange("save interval", interval.toMillis(), 0);
            saveInterval = interval;
            return this;
        }

        /** Who is told how far the run is. */
        public Builder listener(ScoringListener told) {
            listener = Objects.requireNonNull(told, "told");
            return this;
        }

        /**
         * The run.
         *
         * @throws InvalidValueException if input or output are missing or the same, the format cannot be told, or the
         *     model has no output of a name in the options
         */
        public FileScoring build() {
            if (input().equals(output())) {
                throw new InvalidValueException("output", name(output()), "it is the input", "another file");
            }
            if (findCsv() == null && findIgnoredFields() == null) {
                throw new InvalidValueException(
                        "input", name(input()), "its name does not tell its format", "csv(...) or jsonLines(...)");
            }
            BatchScorer.requireOutputs(predictor, options);
            return new FileScoring(new Builder(this));
        }

        /** Builds and runs it. */
        public ScoringReport run() {
            return build().run();
        }

        private static long inRange(String thing, long value, long min) {
            if (value < min) {
                throw new InvalidValueException(thing, Long.toString(value), "it is out of range", min + " or more");
            }
            return value;
        }

        private static String name(Path file) {
            return String.valueOf(file.getFileName());
        }

        private static Path given(String thing, @Nullable Path file) {
            if (file == null || file.getFileName() == null) {
                throw new InvalidValueException(thing, "", "there is none", "the path of a file");
            }
            return file;
        }

        Path input() {
            return given("input", input);
        }

        Path output() {
            return given("output", output);
        }

        Predictor predictor() {
            return predictor;
        }

        ScoringOptions scoring() {
            return options;
        }

        long maxFailedRows() {
            return maxFailedRows;
        }

        int longestRow() {
            return longestRow;
        }

        Duration saveInterval() {
            return saveInterval;
        }

        ScoringListener listener() {
            return listener;
        }

        Tensors prepared(Tensors inputs) {
            return prepare.apply(inputs);
        }

        /** The layout of a CSV file; null for another format. */
        @Nullable
        CsvLayout findCsv() {
            boolean isCsv = csv != null || (ignoredFields == null && lowerName().endsWith(".csv"));
            return !isCsv ? null : csv == null ? CsvLayout.withHeader() : csv;
        }

        /** The fields of JSON lines that are no inputs; null for another format. */
        @Nullable
        Set<String> findIgnoredFields() {
            boolean isJson = lowerName().endsWith(".jsonl") || lowerName().endsWith(".ndjson");
            return ignoredFields == null && isJson && csv == null ? Set.of() : ignoredFields;
        }

        private String lowerName() {
            return name(input()).toLowerCase(Locale.ROOT);
        }

        RunIdentity identity() throws IOException {
            CsvLayout layout = findCsv();
            String format = layout == null ? "JSON lines, ignoring " + findIgnoredFields() : layout.toString();
            String told = "%s; rows per batch %s; outputs %s; prepared by '%s'; longest row %s"
                    .formatted(format, options.rowsPerBatch(), options.outputs(), preparation, longestRow);
            return RunIdentity.of(input(), model + " " + predictor.signature(), told);
        }
    }
}
