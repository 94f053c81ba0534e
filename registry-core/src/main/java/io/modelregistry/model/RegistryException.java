package io.modelregistry.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything this library throws on purpose.
 *
 * <p>Messages read {@code Cannot <do> <thing> '<id>': <why>, expected <what>}; they hold actual values, never a secret,
 * and never a path of the host outside the registry's root.
 */
public class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** An error without a cause. */
    public RegistryException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /** An error with the failure that led to it. */
    public RegistryException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** Why it failed. */
    public final ErrorCode code() {
        return code;
    }

    /** Whether the same call may succeed when it is simply made again. */
    public boolean isRetryable() {
        return code.isRetryable();
    }
}
