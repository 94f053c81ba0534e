package io.modelregistry.inference;

import io.modelregistry.inference.InvalidTensorException.Problem;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds what a caller passes against the signature, before the engine sees it. */
final class SignatureCheck {
    private final String model;
    private final TensorSignature signature;
    private final TensorSpec[] inputs;
    private final List<String> outputNames;
    private final @Nullable SharedSizes sharedSizes;

    SignatureCheck(String model, TensorSignature signature) {
        this.model = model;
        this.signature = signature;
        this.inputs = signature.inputs().toArray(TensorSpec[]::new);
        this.sharedSizes = SharedSizes.of(model, signature);
        this.outputNames = signature.outputs().stream().map(TensorSpec::name).toList();
    }

    void inputs(Tensors given) {
        for (TensorSpec spec : inputs) {
            TensorValue value = given.lookUp(spec.name());
            if (value == null) {
                throw new InvalidTensorException(
                        model,
                        spec.name(),
                        Problem.MISSING_INPUT,
                        "is missing among " + given.names(),
                        spec.toString());
            }
            if (!(value instanceof Tensor tensor) || tensor.type() != spec.type()) {
                throw new InvalidTensorException(
                        model, spec.name(), Problem.WRONG_TYPE, "is " + value, spec.toString());
            }
            if (!spec.shape().accepts(tensor.sizes())) {
                throw new InvalidTensorException(
                        model, spec.name(), Problem.WRONG_SHAPE, "is " + tensor, spec.toString());
            }
            if (spec.finite() && !tensor.isFinite()) {
                throw new InvalidTensorException(
                        model, spec.name(), Problem.NOT_FINITE, "holds NaN or infinity", spec.toString());
            }
            if (spec.type() == DataType.BYTES && !tensor.isUnicode()) {
                throw new InvalidTensorException(
                        model,
                        spec.name(),
                        Problem.NOT_UNICODE,
                        "holds a text with half of a surrogate pair",
                        spec + " of whole characters");
            }
        }
        if (given.size() != inputs.length) {
            refuseUnknownInput(given);
        }
        if (sharedSizes != null) {
            sharedSizes.check(given);
        }
    }

    private void refuseUnknownInput(Tensors given) {
        for (String name : given.names()) {
            Optional<TensorSpec> known = signature.findInput(name);
            if (known.isEmpty()) {
                throw new InvalidTensorException(
                        model, name, Problem.UNKNOWN_INPUT, "is unknown", "only the inputs of " + signature);
            }
        }
        throw new InvalidTensorException(
                model, given.names().toString(), Problem.UNKNOWN_INPUT, "names one twice", "each input once");
    }

    /** The requested outputs, or all when none is named. */
    List<String> outputs(List<String> requested) {
        if (requested.isEmpty()) {
            return outputNames;
        }
        List<String> checked = new ArrayList<>(requested.size());
        Set<String> seen = new HashSet<>();
        for (String name : requested) {
            known(name);
            if (!seen.add(name)) {
                throw new InvalidTensorException(
                        model, name, Problem.UNKNOWN_OUTPUT, "is requested twice", "each output at most once");
            }
            checked.add(name);
        }
        return List.copyOf(checked);
    }

    /** Whether the caller's tensors can receive outputs, as far as the signature tells. */
    void targets(Tensors targets) {
        if (targets.size() == 0) {
            throw new InvalidTensorException(
                    model,
                    "",
                    Problem.UNFIT_OUTPUT,
                    "is absent: there is no tensor to write to",
                    "at least one of " + outputNames);
        }
        for (String name : targets.names()) {
            TensorSpec spec = known(name);
            TensorValue value = targets.value(name);
            boolean fits = value instanceof Tensor tensor
                    && spec.isTensor()
                    && tensor.isWritable()
                    && tensor.type() == spec.type()
                    && spec.shape().accepts(tensor.sizes());
            if (!fits) {
                throw new InvalidTensorException(
                        model,
                        name,
                        Problem.UNFIT_OUTPUT,
                        "cannot be written to " + value,
                        "a writable tensor of " + spec);
            }
        }
    }

    private TensorSpec known(String name) {
        return signature
                .findOutput(name)
                .orElseThrow(() -> new InvalidTensorException(
                        model, name, Problem.UNKNOWN_OUTPUT, "is unknown", "one of " + outputNames));
    }
}
