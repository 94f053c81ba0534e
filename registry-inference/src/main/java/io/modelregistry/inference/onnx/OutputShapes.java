package io.modelregistry.inference.onnx;

import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.Dimension;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells the shapes of outputs from those of the inputs, where the signature allows it, so that memory for them can be
 * prepared.
 *
 * <p>A dynamic dimension is that of the input dimension with the same symbol; a first dimension without a symbol is
 * taken for the batch of the first input, which the runtime contradicts if it is wrong.
 */
final class OutputShapes {
    /** Where the size of a dynamic dimension comes from. */
    private record Source(String input, int dimension) {}

    /** One dimension of an output: its fixed size, or the source of a dynamic one. */
    private record Part(long fixed, @Nullable Source source) {}

    /** What is known of an output before its inputs are there. */
    private record Template(DataType type, List<Part> parts) {
        long[] sizes(Tensors inputs) {
            return parts.stream().mapToLong(part -> size(part, inputs)).toArray();
        }

        /** Whether a tensor of these sizes is worth preparing; in floating point, which does not overflow. */
        boolean isSmall(long[] sizes) {
            return Arrays.stream(sizes).asDoubleStream().reduce(type.byteSize(), (a, b) -> a * b) <= MAX_BYTES;
        }
    }

    /**
     * Memory for larger outputs is left to the runtime: beside a computation of that size a preparation gains nothing,
     * and it would be made also for calls that do not ask for the output.
     */
    private static final long MAX_BYTES = 16L << 20;

    private final Map<String, Template> templates = new LinkedHashMap<>();

    OutputShapes(TensorSignature signature) {
        Map<String, Source> bySymbol = new HashMap<>();
        for (TensorSpec input : signature.inputs()) {
            List<Dimension> dimensions = input.shape().dimensions();
            for (int d = 0; d < dimensions.size(); d++) {
                Source here = new Source(input.name(), d);
                dimensions.get(d).findSymbol().ifPresent(symbol -> bySymbol.putIfAbsent(symbol, here));
            }
        }
        for (TensorSpec output : signature.outputs()) {
            if (isBindable(output)) {
                prepare(output, signature, bySymbol);
            }
        }
    }

    private static boolean isBindable(TensorSpec output) {
        return output.isTensor()
                && output.type() != DataType.BYTES
                && output.shape().isRankKnown()
                && OnnxTypes.javaType(output.type()).isPresent();
    }

    private void prepare(TensorSpec output, TensorSignature signature, Map<String, Source> bySymbol) {
        List<Dimension> dimensions = output.shape().dimensions();
        List<Part> template = new ArrayList<>();
        for (int d = 0; d < dimensions.size(); d++) {
            Dimension dimension = dimensions.get(d);
            Optional<Source> source = dimension.findSymbol().map(bySymbol::get);
            if (d == 0 && dimension.symbol() == null) {
                source = batch(signature);
            }
            if (dimension.isDynamic() && source.isEmpty()) {
                return;
            }
            template.add(new Part(dimension.size(), dimension.isDynamic() ? source.orElse(null) : null));
        }
        templates.put(output.name(), new Template(output.type(), List.copyOf(template)));
    }

    private static Optional<Source> batch(TensorSignature signature) {
        return signature.inputs().stream()
                .limit(1)
                .filter(first -> first.shape().rank() > 0 && first.shape().size(0) == Dimension.DYNAMIC)
                .map(first -> new Source(first.name(), 0))
                .findFirst();
    }

    /** Whether no shape can be told. */
    boolean isEmpty() {
        return templates.isEmpty();
    }

    /** The shapes of those outputs for which these inputs tell them, but for large ones. */
    Map<String, long[]> of(Tensors inputs) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        templates.forEach((output, template) -> {
            long[] sizes = template.sizes(inputs);
            if (template.isSmall(sizes)) {
                shapes.put(output, sizes);
            }
        });
        return shapes;
    }

    private static long size(Part part, Tensors inputs) {
        Source source = part.source();
        return source == null ? part.fixed() : inputs.get(source.input()).size(source.dimension());
    }
}
