package io.modelregistry.serialization;

import io.modelregistry.model.ErrorCode;

/** No serializer accepts the object to be written, or the framework and type to be read. */
public final class NoSerializerException extends SerializationException {
    private static final long serialVersionUID = 1L;

    NoSerializerException(String subject, String message) {
        super(ErrorCode.UNSUPPORTED, subject, message, null);
    }
}
