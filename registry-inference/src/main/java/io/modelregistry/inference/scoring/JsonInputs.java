package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.LineReader.Line;
import io.modelregistry.model.TensorSignature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** Reads the inputs of one prediction from a JSON object that holds a nested array for each input. */
public final class JsonInputs {
    private JsonInputs() {}

    /**
     * Reads an object; an input that is written without the dimension of the batch becomes a batch of one row.
     *
     * @param json UTF-8
     * @throws InvalidRowException if it is no such object, or a value does not fit its input
     */
    public static Tensors parse(byte[] json, TensorSignature signature) {
        Line whole = new Line(1, json, json.length, false);
        try {
            return JsonRows.parse(whole, signature, Set.of()).inputs().orThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
