package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;

/** How far the answers of two versions to one input are apart. */
final class OutputDifference {
    private OutputDifference() {}

    /**
     * The largest absolute difference of two elements at one place of the tensors that the expected outputs name:
     * infinite if an output is missing or of another type or shape, or only one of the two is no number; texts, maps
     * and lists count 1 where they differ.
     */
    static double between(Tensors expected, Tensors actual) {
        double largest = 0;
        for (String name : expected.names()) {
            if (!actual.contains(name)) {
                return Double.POSITIVE_INFINITY;
            }
            largest = Math.max(largest, between(expected.value(name), actual.value(name)));
        }
        return largest;
    }

    private static double between(TensorValue expected, TensorValue actual) {
        if (!(expected instanceof Tensor left) || !(actual instanceof Tensor right)) {
            return expected.equals(actual) ? 0 : 1;
        }
        if (left.type() != right.type() || !left.hasShapeOf(right)) {
            return Double.POSITIVE_INFINITY;
        }
        if (left.type() == DataType.BYTES) {
            return left.equals(right) ? 0 : 1;
        }
        double largest = 0;
        boolean isScalar = left.rank() == 0;
        for (int i = 0; i < left.elementCount(); i++) {
            double a = isScalar ? left.doubleAt() : left.doubleAt(i);
            double b = isScalar ? right.doubleAt() : right.doubleAt(i);
            largest = Math.max(largest, between(a, b));
        }
        return largest;
    }

    private static double between(double a, double b) {
        if (Double.compare(a, b) == 0) {
            return 0;
        }
        double difference = Math.abs(a - b);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }
}
