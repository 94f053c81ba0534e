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
    /** An empty model after its first call. */
    private static final long SESSION = 100 << 10;

    private static final long NODE = 5 << 10;

    /** The operator's attribute, of 8 or 4 bytes, and what trees make of it. */
    private static final long NUMBER = 8;

    /** A text object in the attribute and, since all large lists of texts are those of trees, a node of a tree. */
    private static final long TEXT = 92;

    private OnnxFootprint() {}

    static long bytes(OnnxModelFile file, LoadOptions options) {
        boolean mapped = options.weights() == LoadOptions.WeightLoading.MAP;
        return SESSION
                + file.nodes() * NODE
                + file.ownWeightBytes()
                + (mapped ? 0 : file.externalWeightBytes())
                + file.attributeNumbers() * NUMBER
                + file.attributeTexts() * TEXT;
    }

    /** For a file that is no ONNX protobuf, such as one in the runtime's own format. */
    static long bytes(long fileBytes) {
        return SESSION + fileBytes;
    }
}
