package io.modelregistry.serialization;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/** An object cannot become files, or files cannot become an object, for a reason that is not a failure of I/O. */
public class SerializationException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String subject;

    /**
     * Describes what could not be written or read.
     *
     * @param code {@link ErrorCode#INVALID} for an object that cannot be written, {@link ErrorCode#LOAD_FAILED} for
     *     files that cannot be read
     * @param subject the class or the file that it is about
     * @param message the whole message
     * @param cause the failure that led to it, or null
     */
    public SerializationException(ErrorCode code, String subject, String message, @Nullable Throwable cause) {
        super(code, message, cause);
        this.subject = subject;
    }

    /** The class or the file that it is about. */
    public String subject() {
        return subject;
    }
}
