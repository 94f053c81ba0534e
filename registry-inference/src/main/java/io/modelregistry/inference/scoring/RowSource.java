package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.CsvRecords.CsvRecord;
import io.modelregistry.inference.scoring.InvalidRowException.Place;
import io.modelregistry.inference.scoring.LineReader.Part;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The rows of a file as an iterator, each prepared for the model. */
final class RowSource implements Iterator<InputRow> {
    private final RowReader reader;
    private final UnaryOperator<Tensors> prepare;
    private @Nullable InputRow next;

    RowSource(RowReader reader, UnaryOperator<Tensors> prepare) {
        this.reader = reader;
        this.prepare = prepare;
    }

    /** Opens a file behind the rows that are done. */
    static RowReader open(FileScoring.Builder settings, ScoringState state, long size) throws IOException {
        Part rest = new Part(state.inputBytes(), size, state.inputLines());
        TensorSignature signature = settings.predictor().signature();
        CsvLayout layout = settings.findCsv();
        Set<String> ignored = settings.findIgnoredFields();
        if (layout == null) {
            LineReader lines = LineReader.open(settings.input(), rest, settings.longestRow());
            return new JsonRows(lines, signature, ignored == null ? Set.of() : ignored);
        }
        CsvRows.Columns columns = columns(settings, layout, size);
        Part part = state.rows() == 0 ? columns.start() : rest;
        LineReader lines = LineReader.open(settings.input(), part, settings.longestRow());
        return new CsvRows(new CsvRecords(lines, layout.delimiter()), columns);
    }

    /** Reads the names of the columns, and the first row for what it tells of them. */
    private static CsvRows.Columns columns(FileScoring.Builder settings, CsvLayout layout, long size)
            throws IOException {
        Part whole = new Part(0, size, 0);
        try (CsvRecords records =
                new CsvRecords(LineReader.open(settings.input(), whole, settings.longestRow()), layout.delimiter())) {
            List<String> names = layout.findNames().orElse(null);
            Part start = whole;
            CsvRecord record = records.next();
            if (names == null) {
                if (record == null || record.problem() != null) {
                    throw new InvalidValueException(
                            "input",
                            String.valueOf(settings.input().getFileName()),
                            record == null ? "it is empty" : "its first line is no header: " + record.problem(),
                            "a line with the names of the columns");
                }
                names = record.cells();
                start = new Part(record.end(), size, record.lastLine());
                record = records.next();
            }
            List<String> first = record == null ? List.of() : record.cells();
            TensorSignature signature = settings.predictor().signature();
            return new CsvRows.Columns(names, CsvColumns.of(layout, signature, names, first), start);
        }
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            try {
                next = reader.next();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return next != null;
    }

    @Override
    public InputRow next() {
        InputRow row = hasNext() ? next : null;
        if (row == null) {
            throw new NoSuchElementException("There are no more rows");
        }
        next = null;
        return row.inputs() instanceof Outcome.Success<Tensors> read
                ? new InputRow(row.line(), row.end(), row.lastLine(), prepared(row, read.value()), row.isSingle())
                : row;
    }

    private Outcome<Tensors> prepared(InputRow row, Tensors inputs) {
        try {
            return new Outcome.Success<>(prepare.apply(inputs));
        } catch (RuntimeException e) {
            Place place = new Place(row.line(), 0, "");
            return new Outcome.Failure<>(
                    new InvalidRowException(place, "preparing it failed: " + e, "a row that can be prepared", e));
        }
    }
}
