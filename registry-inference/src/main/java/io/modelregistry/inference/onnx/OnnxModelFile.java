package io.modelregistry.inference.onnx;

import io.modelregistry.inference.Precision;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a model file says that the runtime does not pass on: the formats and sizes of its weights and whether they lie
 * elsewhere, whether it is quantised, and which inputs and outputs have no shape.
 *
 * <p>The field numbers are those of <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class OnnxModelFile {
    private static final Set<String> QUANTIZED_OPERATORS = Set.of(
            "QuantizeLinear",
            "DequantizeLinear",
            "DynamicQuantizeLinear",
            "ConvInteger",
            "MatMulInteger",
            "MatMulIntegerToFloat",
            "DynamicQuantizeMatMul",
            "DynamicQuantizeLSTM",
            "MatMulNBits",
            "GatherBlockQuantized",
            "QAttention",
            "QGemm",
            "QEmbedLayerNormalization",
            "QOrderedMatMul");
    private static final String[] TYPES = {
        "",
        "FP32",
        "UINT8",
        "INT8",
        "UINT16",
        "INT16",
        "INT32",
        "INT64",
        "BYTES",
        "BOOL",
        "FP16",
        "FP64",
        "UINT32",
        "UINT64",
        "COMPLEX64",
        "COMPLEX128",
        "BF16",
        "FP8",
        "FP8",
        "FP8",
        "FP8",
        "UINT4",
        "INT4",
        "FP4"
    };
    private static final int[] BITS = {
        0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4
    };
    private static final int MAX_DEPTH = 32;

    private final ProtobufReader reader;
    private final long bytes;
    private final Map<String, Long> bitsByType = new HashMap<>();
    private final Set<String> shaped = new HashSet<>();
    private boolean quantized;
    private boolean externalData;
    private long ownBits;
    private long externalBits;
    private long nodes;
    private long attributeBytes;
    private boolean inTrees;

    private OnnxModelFile(ProtobufReader reader, long bytes) {
        this.reader = reader;
        this.bytes = bytes;
    }

    /**
     * Reads the structure of a file, not its weights.
     *
     * @throws IOException if it is no protobuf file
     */
    static OnnxModelFile read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            OnnxModelFile file = new OnnxModelFile(new ProtobufReader(channel), channel.size());
            file.model(file.bytes);
            return file;
        }
    }

    /** The format of most of the weights, and whether the model is quantised. */
    Precision precision() {
        String weights = bitsByType.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse("none");
        return new Precision(weights, quantized);
    }

    /** Whether weights lie in files beside this one. */
    boolean hasExternalData() {
        return externalData;
    }

    /** The size of this file. */
    long bytes() {
        return bytes;
    }

    /** The size of the weights that lie in this file, as tensors. */
    long ownWeightBytes() {
        return ownBits / 8;
    }

    /** The size of the weights that lie in files beside this one. */
    long externalWeightBytes() {
        return externalBits / 8;
    }

    /** How many operators the graphs have. */
    long nodes() {
        return nodes;
    }

    /** What the attributes of operators take in memory: trees and linear classifiers keep their weights there. */
    long attributeBytes() {
        return attributeBytes;
    }

    /** Whether the file gives this input or output a shape. */
    boolean hasShape(String name) {
        return shaped.contains(name);
    }

    private void model(long end) throws IOException {
        for (int field = reader.nextField(end); field != 0; field = reader.nextField(end)) {
            if (field == 7) {
                graph(reader.enter(), 0);
            } else {
                reader.skip();
            }
        }
    }

    private void graph(long end, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("Graphs are nested deeper than " + MAX_DEPTH);
        }
        for (int field = reader.nextField(end); field != 0; field = reader.nextField(end)) {
            switch (field) {
                case 1 -> node(reader.enter(), depth);
                case 5 -> tensor(reader.enter());
                case 11, 12 -> valueInfo(reader.enter(), depth);
                default -> reader.skip();
            }
        }
    }

    private void node(long end, int depth) throws IOException {
        nodes++;
        inTrees = false;
        for (int field = reader.nextField(end); field != 0; field = reader.nextField(end)) {
            switch (field) {
                case 4 -> {
                    String operator = reader.text();
                    inTrees = operator.startsWith("TreeEnsemble");
                    quantized |= QUANTIZED_OPERATORS.contains(operator) || operator.startsWith("QLinear");
                }
                case 5 -> attribute(reader.enter(), depth);
                default -> reader.skip();
            }
        }
    }

    private void attribute(long end, int depth) throws IOException {
        long integers = 0;
        long floats = 0;
        long texts = 0;
        for (int field = reader.nextField(end); field != 0; field = reader.nextField(end)) {
            switch (field) {
                case 5 -> tensor(reader.enter());
                case 6, 11 -> graph(reader.enter(), depth + 1);
                case 7 -> {
                    // Trees and linear classifiers keep their weights in attributes.
                    long start = reader.position();
                    reader.skip();
                    long bytes = reader.position() - start;
                    bitsByType.merge("FP32", bytes * 8, Long::sum);
                    floats += bytes / 4;
                }
                case 8 -> integers += integers();
                case 9 -> {
                    texts++;
                    reader.skip();
                }
                default -> reader.skip();
            }
        }
        attributeBytes += OnnxFootprint.ofAttribute(integers, floats, texts, inTrees);
    }

    private long integers() throws IOException {
        if (!reader.isDelimited()) {
            reader.skip();
            return 1;
        }
        long count = 0;
        for (long end = reader.enter(); reader.position() < end; count++) {
            reader.varint();
        }
        return count;
    }

    private void tensor(long end) throws IOException {
        long elements = 1;
        int type = 0;
        boolean external = false;
        for (int field = reader.nextField(end); field != 0; field = reader.nextField(end)) {
            if (field == 1 && reader.isDelimited()) {
                for (long stop = reader.enter(); reader.position() < stop; ) {
                    elements *= reader.varint();
                }
            } else if (field == 1) {
                elements *= reader.number();
            } else if (field == 2) {
                type = (int) reader.number();
            } else if (field == 14) {
                external = reader.number() == 1;
            } else {
                reader.skip();
            }
        }
        externalData |= external;
        if (type > 0 && type < TYPES.length && elements > 0) {
            long bits = elements * BITS[type];
            bitsByType.merge(TYPES[type], bits, Long::sum);
            ownBits += external ? 0 : bits;
            externalBits += external ? bits : 0;
        }
    }

    private void valueInfo(long end, int depth) throws IOException {
        String name = "";
        boolean hasShape = false;
        for (int field = reader.nextField(end); field != 0; field = reader.nextField(end)) {
            switch (field) {
                case 1 -> name = reader.text();
                case 2 -> hasShape = typeHasShape(reader.enter());
                default -> reader.skip();
            }
        }
        if (hasShape && depth == 0) {
            shaped.add(name);
        }
    }

    private boolean typeHasShape(long end) throws IOException {
        boolean found = false;
        for (int field = reader.nextField(end); field != 0; field = reader.nextField(end)) {
            if (field != 1) {
                reader.skip();
                continue;
            }
            long tensorEnd = reader.enter();
            for (int part = reader.nextField(tensorEnd); part != 0; part = reader.nextField(tensorEnd)) {
                found |= part == 2;
                reader.skip();
            }
        }
        return found;
    }
}
