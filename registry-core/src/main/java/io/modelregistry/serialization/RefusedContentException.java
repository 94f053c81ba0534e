package io.modelregistry.serialization;

import io.modelregistry.model.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Content was refused for the sake of safety: reading it could run code that it brings along, or exhaust the process.
 */
public final class RefusedContentException extends SerializationException {
    private static final long serialVersionUID = 1L;

    RefusedContentException(String subject, String message, @Nullable Throwable cause) {
        super(ErrorCode.UNTRUSTED, subject, message, cause);
    }
}
