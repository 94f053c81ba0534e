package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/** A version did not pass a check before it was to serve; what served before serves on. */
public final class PreflightFailedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final Check check;

    /** What is checked before a version serves. */
    public enum Check {
        /** Whether callers of the version that serves now can call it. */
        SIGNATURE,
        /** Whether it computes its example, or zeros if it has none. */
        FUNCTION,
        /** Whether it is fast enough. */
        LATENCY
    }

    /**
     * Refuses a version.
     *
     * @param version the version
     * @param check what it did not pass
     * @param why why not, with the numbers or field by field
     * @param cause the failure behind it, if there was one
     */
    public PreflightFailedException(PinnedVersion version, Check check, String why, @Nullable Throwable cause) {
        super(
                check == Check.SIGNATURE ? ErrorCode.INVALID : ErrorCode.LOAD_FAILED,
                "Cannot deploy '%s': %s, expected %s".formatted(version, why, expected(check)),
                cause);
        this.check = check;
    }

    private static String expected(Check check) {
        return switch (check) {
            case SIGNATURE -> "a signature that callers of the present version can use";
            case FUNCTION -> "a model that computes its example input";
            case LATENCY -> "a faster model or a higher limit";
        };
    }

    /** What the version did not pass. */
    public Check check() {
        return check;
    }
}
