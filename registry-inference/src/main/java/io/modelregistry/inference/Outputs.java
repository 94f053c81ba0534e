package io.modelregistry.inference;

/** Copies what an engine computed into the tensors of a caller. */
final class Outputs {
    private Outputs() {}

    static void copy(String model, String name, TensorValue computed, TensorValue target) {
        if (computed instanceof Tensor from
                && target instanceof Tensor to
                && from.type() == to.type()
                && from.hasShapeOf(to)) {
            to.writeFrom(from);
        } else {
            throw new PredictionFailedException(
                    model, "output '" + name + "' came as " + computed + " but the caller's tensor is " + target, null);
        }
    }
}
