package io.modelregistry.inference;

import io.modelregistry.model.Shape;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings a declared signature and the model's own together: both must agree, and the narrower of the two holds. */
final class DeclaredSignature {
    private DeclaredSignature() {}

    /**
     * The model's own signature, narrowed by the declared one (fixed sizes, {@code finite}).
     *
     * @throws SignatureMismatchException naming the first difference
     */
    static TensorSignature reconcile(String model, TensorSignature declared, TensorSignature own) {
        List<TensorSpec> inputs = reconcile(model, "input", declared.inputs(), own.inputs());
        List<TensorSpec> outputs = reconcile(model, "output", declared.outputs(), own.outputs());
        return new TensorSignature(inputs, outputs);
    }

    private static List<TensorSpec> reconcile(
            String model, String side, List<TensorSpec> declared, List<TensorSpec> own) {
        for (TensorSpec claim : declared) {
            if (find(own, claim.name()).isEmpty()) {
                throw new SignatureMismatchException(model, quote(side, claim), side + "s " + own);
            }
        }
        List<TensorSpec> merged = new ArrayList<>();
        for (TensorSpec actual : own) {
            TensorSpec claim = find(declared, actual.name())
                    .orElseThrow(
                            () -> new SignatureMismatchException(model, side + "s " + declared, quote(side, actual)));
            Optional<Shape> shape = claim.shape().intersect(actual.shape());
            if (claim.type() != actual.type() || claim.structure() != actual.structure() || shape.isEmpty()) {
                throw new SignatureMismatchException(model, quote(side, claim), quote(side, actual));
            }
            merged.add(new TensorSpec(
                    actual.name(), actual.structure(), actual.type(), shape.get(), claim.finite() || actual.finite()));
        }
        return merged;
    }

    private static Optional<TensorSpec> find(List<TensorSpec> specs, String name) {
        return specs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    private static String quote(String side, TensorSpec spec) {
        return side + " '" + spec + "'";
    }
}
