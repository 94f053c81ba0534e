package io.modelregistry.inference.scoring;

import io.modelregistry.model.Dimension;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSpec;
import java.util.Optional;

/**
 * What one row is of a tensor: the tensor without its first dimension, if that is dynamic or 1, and so counts rows.
 *
 * @param spec the tensor
 * @param countsRows whether the first dimension counts rows
 */
record RowShape(TensorSpec spec, boolean countsRows) {
    static RowShape of(TensorSpec spec) {
        boolean countsRows = spec.isTensor()
                && spec.shape().isRankKnown()
                && spec.shape().rank() > 0
                && (spec.shape().size(0) == Dimension.DYNAMIC || spec.shape().size(0) == 1);
        return new RowShape(spec, countsRows);
    }

    /** Whether something of so many dimensions is one row, without the dimension that counts them. */
    boolean isRow(int rank) {
        return countsRows && rank == spec.shape().rank() - 1;
    }

    /** The sizes of a tensor that holds one row. */
    static long[] withBatch(long[] row) {
        long[] sizes = new long[row.length + 1];
        sizes[0] = 1;
        System.arraycopy(row, 0, sizes, 1, row.length);
        return sizes;
    }

    /**
     * The sizes of a tensor that holds one row of so many elements.
     *
     * @throws InvalidValueException if there is none
     */
    long[] sizesFor(int elements) {
        return findSizesFor(elements)
                .orElseThrow(() -> new InvalidValueException(
                        "CSV columns",
                        spec.name(),
                        elements + " columns do not make a row of " + spec,
                        "as many columns as a row has elements"));
    }

    /** The sizes of a tensor that holds one row of so many elements; empty if there is none. */
    Optional<long[]> findSizesFor(int elements) {
        if (!spec.isTensor() || !spec.shape().isRankKnown()) {
            return Optional.empty();
        }
        long[] sizes = spec.shape().sizes();
        int open = -1;
        long known = 1;
        for (int i = 0; i < sizes.length; i++) {
            if (i == 0 && countsRows) {
                sizes[i] = 1;
            } else if (sizes[i] == Dimension.DYNAMIC && open < 0) {
                open = i;
            } else if (sizes[i] == Dimension.DYNAMIC) {
                return Optional.empty();
            } else {
                known *= sizes[i];
            }
        }
        if (open >= 0 && known > 0 && elements % known == 0) {
            sizes[open] = elements / known;
            return Optional.of(sizes);
        }
        return open < 0 && known == elements ? Optional.of(sizes) : Optional.empty();
    }
}
