package io.modelregistry.inference.monitor;

/** One request that was answered or failed, as a {@link MetricsSink} sees it. */
public interface ServedRequest {
    /** The deployment that was asked. */
    String deployment();

    /** The version that answered, such as {@code nlp/sentiment:1.4.0}. */
    String model();

    /** The side of the split, such as {@code primary}. */
    String variant();

    /** How it ended. */
    Outcome outcome();

    /** How long it waited before the model was called, in nanoseconds. */
    long queueNanos();

    /** How long the model took, in nanoseconds; 0 if it was not called. */
    long modelNanos();

    /** How a request ended. */
    enum Outcome {
        /** With an answer. */
        SUCCESS,
        /** The input did not fit the signature. */
        INVALID,
        /** The model failed. */
        FAILED,
        /** It was not computed: a limit, a deadline, an open circuit or an end of the deployment. */
        REJECTED
    }
}
