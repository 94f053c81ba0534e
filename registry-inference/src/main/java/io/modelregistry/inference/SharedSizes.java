package io.modelregistry.inference;

import io.modelregistry.inference.InvalidTensorException.Problem;
import io.modelregistry.model.Dimension;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Dimensions of inputs that have the same symbol, and so the same size in each call. An engine need not notice: it may
 * stretch the shorter one.
 */
final class SharedSizes {
    /** One dimension that has to have the size of another one. */
    private record Pair(TensorSpec first, int firstDimension, TensorSpec second, int secondDimension) {}

    private record Place(TensorSpec input, int dimension) {}

    private final String model;
    private final Pair[] pairs;

    private SharedSizes(String model, List<Pair> pairs) {
        this.model = model;
        this.pairs = pairs.toArray(Pair[]::new);
    }

    /** Null if no symbol occurs twice, which costs calls nothing. */
    static @Nullable SharedSizes of(String model, TensorSignature signature) {
        Map<String, Place> firsts = new HashMap<>();
        List<Pair> pairs = new ArrayList<>();
        for (TensorSpec input : signature.inputs()) {
            List<Dimension> dimensions = input.shape().dimensions();
            for (int d = 0; d < dimensions.size(); d++) {
                String symbol = dimensions.get(d).symbol();
                Place first = symbol == null ? null : firsts.putIfAbsent(symbol, new Place(input, d));
                if (first != null) {
                    pairs.add(new Pair(first.input(), first.dimension(), input, d));
                }
            }
        }
        return pairs.isEmpty() ? null : new SharedSizes(model, pairs);
    }

    /** Refuses inputs, each of which fits its own shape, if sizes differ between them. */
    void check(Tensors given) {
        for (Pair pair : pairs) {
            Tensor second = given.get(pair.second.name());
            long size = given.get(pair.first.name()).size(pair.firstDimension);
            if (second.size(pair.secondDimension) != size) {
                throw new InvalidTensorException(
                        model,
                        pair.second.name(),
                        Problem.WRONG_SHAPE,
                        "is %s while '%s' is %s in input '%s'"
                                .formatted(
                                        second,
                                        pair.second.shape().dimensions().get(pair.secondDimension),
                                        size,
                                        pair.first.name()),
                        pair.second.toString());
            }
        }
    }
}
