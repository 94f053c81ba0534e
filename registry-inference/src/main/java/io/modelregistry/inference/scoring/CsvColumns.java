package io.modelregistry.inference.scoring;

import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which columns of a file make which input: a layout applied to the names and the first row of a file. */
final class CsvColumns {
    /**
     * An input and its columns.
     *
     * @param sizes of the tensor for one row
     * @param columns counted from 0
     */
    record Input(TensorSpec spec, long[] sizes, int[] columns) {}

    private final CsvLayout layout;
    private final List<String> names;
    private final List<String> firstRow;
    private final List<Input> inputs = new ArrayList<>();
    private final Set<Integer> free = new LinkedHashSet<>();

    private CsvColumns(CsvLayout layout, List<String> names, List<String> firstRow) {
        this.layout = layout;
        this.names = names;
        this.firstRow = firstRow;
    }

    /**
     * Finds the columns of all inputs.
     *
     * @param firstRow its cells; empty if there is none
     * @throws InvalidValueException if the columns of an input cannot be told
     */
    static List<Input> of(CsvLayout layout, TensorSignature signature, List<String> names, List<String> firstRow) {
        CsvLayout.requireDistinct(names);
        CsvColumns columns = new CsvColumns(layout, names, firstRow);
        columns.find(signature);
        return List.copyOf(columns.inputs);
    }

    private void find(TensorSignature signature) {
        for (int i = 0; i < names.size(); i++) {
            free.add(i);
        }
        layout.ignored().forEach(name -> free.remove(position(name)));
        layout.mapping().forEach((input, columns) -> {
            TensorSpec spec = signature
                    .findInput(input)
                    .orElseThrow(() -> refuse(
                            input,
                            "the model has no such input",
                            signature.inputs().toString()));
            add(spec, columns.stream().map(this::position).toList());
        });
        List<TensorSpec> open = new ArrayList<>();
        for (TensorSpec spec : signature.inputs()) {
            if (!layout.mapping().containsKey(spec.name()) && !takeOwnColumn(spec)) {
                open.add(spec);
            }
        }
        if (open.size() > 1) {
            throw refuse(open.get(1).name(), "several inputs have no columns", "columns for all inputs but one");
        }
        for (TensorSpec spec : open) {
            takeRest(spec);
        }
    }

    private boolean takeOwnColumn(TensorSpec spec) {
        int position = names.indexOf(spec.name());
        if (position < 0 || !free.contains(position) || !fits(spec, 1)) {
            return false;
        }
        add(spec, List.of(position));
        return true;
    }

    private void takeRest(TensorSpec spec) {
        List<Integer> columns = List.copyOf(free);
        if (!fits(spec, columns.size()) || columns.isEmpty()) {
            columns = columns.stream()
                    .filter(column -> column < firstRow.size() && isElement(spec.type(), firstRow.get(column)))
                    .toList();
        }
        if (!fits(spec, columns.size()) || columns.isEmpty()) {
            throw refuse(
                    spec.name(),
                    free.size() + " columns are left for it, " + columns.size() + " of them with "
                            + ElementSink.expected(spec.type()),
                    "as many as a row of " + spec + " has elements, or a mapping");
        }
        add(spec, columns);
    }

    private static boolean isElement(DataType type, String cell) {
        try {
            new ElementSink(type, 1).add(cell);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean fits(TensorSpec spec, int columns) {
        return RowShape.of(spec).findSizesFor(columns).isPresent();
    }

    private void add(TensorSpec spec, List<Integer> columns) {
        long[] sizes = RowShape.of(spec).sizesFor(columns.size());
        inputs.add(new Input(
                spec, sizes, columns.stream().mapToInt(column -> column).toArray()));
        columns.forEach(free::remove);
    }

    private int position(String name) {
        int position = names.indexOf(name);
        if (position < 0) {
            throw refuse(name, "there is no such column", "one of " + names);
        }
        return position;
    }

    private static InvalidValueException refuse(String name, String why, String expected) {
        return new InvalidValueException("CSV columns", name, why, expected);
    }
}
