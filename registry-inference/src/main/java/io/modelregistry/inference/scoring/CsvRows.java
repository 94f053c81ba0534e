package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.CsvRecords.CsvRecord;
import io.modelregistry.inference.scoring.InvalidRowException.Place;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of a CSV file whose columns are known. */
final class CsvRows implements RowReader {
    /**
     * What is known of the columns.
     *
     * @param names of all columns
     * @param inputs which columns make which input
     * @param start where the first row begins
     */
    record Columns(List<String> names, List<CsvColumns.Input> inputs, LineReader.Part start) {}

    private static final int SHOWN = 40;

    private final CsvRecords records;
    private final Columns columns;

    CsvRows(CsvRecords records, Columns columns) {
        this.records = records;
        this.columns = columns;
    }

    @Override
    public @Nullable InputRow next() throws IOException {
        CsvRecord csv = records.next();
        if (csv == null) {
            return null;
        }
        Outcome<Tensors> inputs;
        try {
            inputs = new Outcome.Success<>(read(csv));
        } catch (InvalidRowException e) {
            inputs = new Outcome.Failure<>(e);
        }
        return new InputRow(csv.line(), csv.end(), csv.lastLine(), inputs, true);
    }

    private Tensors read(CsvRecord csv) {
        int expected = columns.names.size();
        if (csv.problem() != null) {
            throw refuse(csv, csv.column(), csv.problem(), "cells as RFC 4180 describes them");
        }
        if (csv.cells().size() != expected) {
            int column = Math.min(csv.cells().size(), expected) + (csv.cells().size() > expected ? 1 : 0);
            throw refuse(csv, column, "it has " + csv.cells().size() + " cells", expected + " cells");
        }
        Map<String, TensorValue> tensors = new LinkedHashMap<>();
        for (CsvColumns.Input input : columns.inputs) {
            ElementSink elements = new ElementSink(input.spec().type(), input.columns().length);
            for (int column : input.columns()) {
                add(csv, column, input, elements);
            }
            tensors.put(input.spec().name(), elements.tensor(input.sizes()));
        }
        return Tensors.of(tensors);
    }

    private void add(CsvRecord csv, int column, CsvColumns.Input input, ElementSink elements) {
        String cell = csv.cells().get(column);
        try {
            elements.add(cell);
        } catch (IllegalArgumentException e) {
            String shown = cell.length() > SHOWN ? cell.substring(0, SHOWN) + "..." : cell;
            throw refuse(
                    csv,
                    column + 1,
                    cell.isEmpty() ? "the cell is empty" : "'" + shown + "' does not fit",
                    ElementSink.expected(input.spec().type()));
        }
    }

    private InvalidRowException refuse(CsvRecord csv, int column, String why, String expected) {
        String name = column >= 1 && column <= columns.names.size() ? columns.names.get(column - 1) : "";
        return new InvalidRowException(new Place(csv.line(), column, name), why, expected, null);
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
