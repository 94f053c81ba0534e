package io.modelregistry.inference.onnx;

import io.modelregistry.model.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes small ONNX models (IR 8, opset 13) for cases that no bundled fixture has. */
final class OnnxModels {
    static final Map<DataType, Integer> ELEMENT_TYPES = Map.ofEntries(
            Map.entry(DataType.FP32, 1),
            Map.entry(DataType.UINT8, 2),
            Map.entry(DataType.INT8, 3),
            Map.entry(DataType.INT32, 6),
            Map.entry(DataType.INT64, 7),
            Map.entry(DataType.BYTES, 8),
            Map.entry(DataType.BOOL, 9),
            Map.entry(DataType.FP64, 11));

    /** A net of dense layers of these widths, with random weights, from {@code input} to {@code output}. */
    static OnnxModels dense(Random random, int... widths) {
        OnnxModels models = new OnnxModels().input("input", DataType.FP32, "batch", widths[0]);
        String from = "input";
        for (int layer = 1; layer < widths.length; layer++) {
            float[] weights = new float[widths[layer - 1] * widths[layer]];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = random.nextFloat() - 0.5f;
            }
            String to = layer == widths.length - 1 ? "output" : "layer" + layer;
            models.weights("w" + layer, weights, widths[layer - 1], widths[layer])
                    .weights("b" + layer, new float[widths[layer]], widths[layer])
                    .node("Gemm", List.of(from, "w" + layer, "b" + layer), "sum" + layer)
                    .node("Relu", List.of("sum" + layer), to);
            from = to;
        }
        return models.output("output", DataType.FP32, "batch", widths[widths.length - 1]);
    }

    private final List<ProtobufWriter> nodes = new ArrayList<>();
    private final List<ProtobufWriter> inputs = new ArrayList<>();
    private final List<ProtobufWriter> outputs = new ArrayList<>();
    private final List<ProtobufWriter> initializers = new ArrayList<>();

    OnnxModels input(String name, DataType type, Object... dimensions) {
        inputs.add(value(name, type, dimensions));
        return this;
    }

    OnnxModels output(String name, DataType type, Object... dimensions) {
        outputs.add(value(name, type, dimensions));
        return this;
    }

    /** An operator with one output. */
    OnnxModels node(String operator, List<String> from, String to, ProtobufWriter... attributes) {
        ProtobufWriter node = new ProtobufWriter();
        from.forEach(input -> node.text(1, input));
        node.text(2, to).text(4, operator);
        for (ProtobufWriter attribute : attributes) {
            node.message(5, attribute);
        }
        nodes.add(node);
        return this;
    }

    static ProtobufWriter integer(String name, long value) {
        return new ProtobufWriter().text(1, name).number(3, value).number(20, 2);
    }

    OnnxModels weights(String name, byte[] int8, long... sizes) {
        return initializer(name, 3, int8, sizes);
    }

    OnnxModels weights(String name, float[] floats, long... sizes) {
        ByteBuffer raw = ByteBuffer.allocate(floats.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(floats);
        return initializer(name, 1, raw.array(), sizes);
    }

    OnnxModels weights(String name, long[] int64, long... sizes) {
        ByteBuffer raw = ByteBuffer.allocate(int64.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(int64);
        return initializer(name, 7, raw.array(), sizes);
    }

    private OnnxModels initializer(String name, int elementType, byte[] raw, long... sizes) {
        ProtobufWriter tensor = new ProtobufWriter();
        for (long size : sizes) {
            tensor.number(1, size);
        }
        initializers.add(tensor.number(2, elementType).text(8, name).delimited(9, raw));
        return this;
    }

    private static ProtobufWriter value(String name, DataType type, Object... dimensions) {
        ProtobufWriter shape = new ProtobufWriter();
        for (Object dimension : dimensions) {
            ProtobufWriter written = dimension instanceof String symbol
                    ? symbol.isEmpty() ? new ProtobufWriter() : new ProtobufWriter().text(2, symbol)
                    : new ProtobufWriter().number(1, ((Number) dimension).longValue());
            shape.message(1, written);
        }
        ProtobufWriter tensor = new ProtobufWriter().number(1, ELEMENT_TYPES.get(type));
        if (dimensions.length != 1 || !"...".equals(dimensions[0])) {
            tensor.message(2, shape);
        }
        return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
    }

    Path write(Path file) {
        ProtobufWriter graph = new ProtobufWriter();
        nodes.forEach(node -> graph.message(1, node));
        graph.text(2, "test");
        initializers.forEach(tensor -> graph.message(5, tensor));
        inputs.forEach(input -> graph.message(11, input));
        outputs.forEach(output -> graph.message(12, output));
        ProtobufWriter model =
                new ProtobufWriter().number(1, 8).message(7, graph).message(8, new ProtobufWriter().number(2, 13));
        try {
            return Files.write(file, model.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
