package io.modelregistry.inference.internal;

import io.modelregistry.model.Dimension;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells from a signature whether the first dimension counts inputs that have nothing to do with each other.
 *
 * <p>A dynamic first dimension may just as well be time, or the words of a text. Stacked along that, two inputs would
 * become one: the results would be of the right size, and wrong. So it has to be called a batch; where nobody has named
 * it, rows of fixed size are taken for independent ones, as exporters leave out this name more than any other.
 */
public final class BatchDimension {
    private static final Pattern BATCH =
            Pattern.compile("n|b|bs|(\\w+_)?batch(_?(size|dim|axis|\\d+))?", Pattern.CASE_INSENSITIVE);

    /** What ONNX exporters call a dimension that has no name. */
    private static final String UNNAMED = "unk__";

    private BatchDimension() {}

    /** Whether inputs may be stacked along the first dimension. */
    public static boolean isIn(TensorSignature signature) {
        boolean outputsSplit = signature.outputs().stream()
                .allMatch(spec -> spec.isTensor() || spec.structure().isSequence());
        boolean dynamic = tensors(signature)
                .allMatch(spec -> spec.shape().rank() > 0 && spec.shape().size(0) == Dimension.DYNAMIC);
        if (signature.inputs().isEmpty() || !outputsSplit || !dynamic) {
            return false;
        }
        Set<String> symbols = new HashSet<>();
        tensors(signature)
                .flatMap(spec -> spec.shape().dimensions().get(0).findSymbol().stream())
                .filter(symbol -> !symbol.startsWith(UNNAMED))
                .forEach(symbols::add);
        return symbols.isEmpty()
                ? signature.inputs().stream().allMatch(BatchDimension::hasFixedRows)
                : symbols.size() == 1
                        && BATCH.matcher(symbols.iterator().next()).matches();
    }

    private static Stream<TensorSpec> tensors(TensorSignature signature) {
        return Stream.concat(
                signature.inputs().stream(), signature.outputs().stream().filter(TensorSpec::isTensor));
    }

    private static boolean hasFixedRows(TensorSpec spec) {
        return spec.shape().rank() > 1 && spec.shape().isDynamicInFirstOnly();
    }
}
