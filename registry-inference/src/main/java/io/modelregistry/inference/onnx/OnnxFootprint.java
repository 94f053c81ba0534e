package io.modelregistry.inference.onnx;

import io.modelregistry.inference.LoadOptions;

/**
 * What ONNX Runtime 1.29.0 takes for a loaded model on a CPU: a rule, because its Java interface gives no statistics.
 *
 * <p>Found by loading several of each kind of model and comparing the anonymous resident memory: it holds each weight
 * once (where it packs them it drops the original), some kilobytes for each operator, and a hundred for the session.
 * What it only needs while loading is not in it; see {@code docs/engines.md} for how to have that given back.
 */
final class OnnxFootprint {
    /** A model without weights, with what its first call leaves. */
    private static final long SESSION = 110 << 10;

    private static final long NODE = 5 << 10;

    /** A small text in a list of them, as an object of its own. */
    private static final long TEXT = 40;

    /** What trees make of a threshold or of the weight of a leaf. */
    private static final long TREE_VALUE = 12;

    private OnnxFootprint() {}

    static long bytes(OnnxModelFile file, LoadOptions options) {
        boolean mapped = options.weights() == LoadOptions.WeightLoading.MAP;
        long own = file.nodes() * NODE + file.ownWeightBytes() + file.attributeBytes();
        // Its size is the least: another format may happen to read as a protobuf file that says nothing.
        return SESSION + Math.max(file.bytes(), own) + (mapped ? 0 : file.externalWeightBytes());
    }

    /**
     * What lists in one attribute of an operator take. The runtime keeps the attribute, whose lists double when they
     * are full, beside what the operator makes of it.
     *
     * @param inTrees whether the operator is an ensemble of trees
     */
    static long ofAttribute(long integers, long floats, long texts, boolean inTrees) {
        return capacity(integers) * Long.BYTES
                + capacity(floats) * (Float.BYTES + (inTrees ? TREE_VALUE : Float.BYTES))
                + capacity(texts) * Long.BYTES
                + texts * TEXT;
    }

    private static long capacity(long count) {
        return count < 2 ? count : Long.highestOneBit(count - 1) << 1;
    }

    /** For a file that is no ONNX protobuf, such as one in the runtime's own format. */
    static long bytes(long fileBytes) {
        return SESSION + fileBytes;
    }
}
