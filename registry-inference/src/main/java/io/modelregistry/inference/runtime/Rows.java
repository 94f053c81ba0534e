package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorSequence;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Tensors as rows along the first dimension. */
final class Rows {
    private Rows() {}

    /** The number of rows that all tensors share; 0 if they do not share one, or have none. */
    static int count(Tensors tensors) {
        long rows = -1;
        for (String name : tensors.names()) {
            if (!(tensors.value(name) instanceof Tensor tensor) || tensor.rank() == 0) {
                return 0;
            }
            if (rows >= 0 && tensor.size(0) != rows) {
                return 0;
            }
            rows = tensor.size(0);
        }
        return (int) Math.max(0, Math.min(rows, Integer.MAX_VALUE));
    }

    /** Whether the rows of both have the same names, types and shapes. Both must have a row {@linkplain #count}. */
    static boolean fitTogether(Tensors one, Tensors other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (String name : one.names()) {
            if (!other.contains(name) || !sameRow(one.get(name), other.get(name))) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameRow(Tensor one, Tensor other) {
        if (one.type() != other.type() || one.rank() != other.rank()) {
            return false;
        }
        for (int i = 1; i < one.rank(); i++) {
            if (one.size(i) != other.size(i)) {
                return false;
            }
        }
        return true;
    }

    /** Parts of at most so many rows; they share the memory of the whole. */
    static List<Tensors> split(Tensors whole, int maxRows) {
        int rows = count(whole);
        List<Tensors> parts = new ArrayList<>();
        for (int start = 0; start < rows; start += maxRows) {
            int from = start;
            int to = Math.min(rows, start + maxRows);
            parts.add(mapped(whole, tensor -> tensor.rows(from, to)));
        }
        return parts;
    }

    /** The last row, so many times. */
    static Tensors repeatLast(Tensors tensors, int times) {
        int rows = count(tensors);
        return mapped(tensors, tensor -> Tensor.concatenate(Collections.nCopies(times, tensor.rows(rows - 1L, rows))));
    }

    private static Tensors mapped(Tensors tensors, UnaryOperator<Tensor> change) {
        Map<String, TensorValue> changed = new LinkedHashMap<>();
        for (String name : tensors.names()) {
            changed.put(name, change.apply(tensors.get(name)));
        }
        return Tensors.of(changed);
    }

    /** The outputs of the parts as outputs of the whole. */
    static Tensors join(List<Tensors> parts) {
        Map<String, TensorValue> joined = new LinkedHashMap<>();
        for (String name : parts.get(0).names()) {
            List<TensorValue> values =
                    parts.stream().map(part -> part.value(name)).toList();
            joined.put(name, joinValues(values));
        }
        return Tensors.of(joined);
    }

    private static TensorValue joinValues(List<TensorValue> values) {
        if (values.get(0) instanceof TensorSequence) {
            return new TensorSequence(values.stream()
                    .flatMap(value -> ((TensorSequence) value).elements().stream())
                    .toList());
        }
        return Tensor.concatenate(values.stream().map(Tensor.class::cast).toList());
    }
}
