package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** An input or a requested output does not fit the model's signature; the engine was not called. */
public final class InvalidTensorException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String model;
    private final String tensor;
    private final Problem problem;

    /**
     * Describes a refused tensor.
     *
     * @param model the model that was asked
     * @param tensor the name of the input or output
     * @param why what is wrong with it, with actual values
     * @param expected what the signature says
     */
    public InvalidTensorException(String model, String tensor, Problem problem, String why, String expected) {
        super(
                ErrorCode.INVALID,
                "Cannot predict with model '%s': %s '%s' %s, expected %s"
                        .formatted(model, problem.side, tensor, why, expected));
        this.model = model;
        this.tensor = tensor;
        this.problem = problem;
    }

    /** The model that was asked. */
    public String model() {
        return model;
    }

    /** The name of the refused input or output. */
    public String tensor() {
        return tensor;
    }

    /** What is wrong with it. */
    public Problem problem() {
        return problem;
    }

    /** What can be wrong with a tensor. */
    public enum Problem {
        /** The model needs an input of this name, which is not there. */
        MISSING_INPUT("input"),
        /** The model has no input of this name. */
        UNKNOWN_INPUT("input"),
        /** The elements have another type. */
        WRONG_TYPE("input"),
        /** The dimensions are others. */
        WRONG_SHAPE("input"),
        /** An element is NaN or infinite where the signature says finite. */
        NOT_FINITE("input"),
        /** A text holds half of a surrogate pair, which is no character and has no UTF-8. */
        NOT_UNICODE("input"),
        /** The model has no output of this name. */
        UNKNOWN_OUTPUT("output"),
        /** The caller's tensor for an output cannot receive it. */
        UNFIT_OUTPUT("output");

        private final String side;

        Problem(String side) {
            this.side = side;
        }
    }
}
