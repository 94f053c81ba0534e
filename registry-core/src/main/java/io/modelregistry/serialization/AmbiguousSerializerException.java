package io.modelregistry.serialization;

import io.modelregistry.model.ErrorCode;
import java.util.List;

/** Two serializers accept the same equally well, and nobody chose. */
public final class AmbiguousSerializerException extends SerializationException {
    private static final long serialVersionUID = 1L;

    private final String[] candidates;

    AmbiguousSerializerException(String subject, List<String> candidates, String message) {
        super(ErrorCode.INVALID, subject, message, null);
        this.candidates = candidates.toArray(String[]::new);
    }

    /** The ids of the serializers that accept it, to choose from. */
    public List<String> candidates() {
        return List.of(candidates);
    }
}
