package io.modelregistry.internal.document;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Reads attachments of the kind {@code evaluation}: JSON objects whose field {@code metrics} holds numbers by name. */
public final class EvaluationReader {
    private EvaluationReader() {}

    /** A finite metric of an evaluation; empty if it has none of this name, or is no such object. */
    public static Optional<Double> metric(byte[] evaluation, String name) {
        try {
            JsonNode value = JsonText.parse(evaluation).node().path("metrics").path(name);
            return value.isNumber() && Double.isFinite(value.doubleValue())
                    ? Optional.of(value.doubleValue())
                    : Optional.empty();
        } catch (MalformedDocumentException e) {
            return Optional.empty();
        }
    }
}
