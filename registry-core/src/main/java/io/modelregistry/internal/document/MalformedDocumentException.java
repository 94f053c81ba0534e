package io.modelregistry.internal.document;

import org.jspecify.annotations.Nullable;

/** The bytes of a document are not what the format says; the reader of the document adds its key. */
public final class MalformedDocumentException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedDocumentException(String why, @Nullable Throwable cause) {
        super(why, cause);
    }

    MalformedDocumentException(String why) {
        this(why, null);
    }
}
