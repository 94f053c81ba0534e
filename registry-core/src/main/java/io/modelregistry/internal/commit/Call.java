package io.modelregistry.internal.commit;

import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Who asks for a change, and why.
 *
 * @param by who
 * @param reason why, in their words; empty if they gave none
 */
public record Call(Principal by, String reason) {
    private static final int MAX_REASON = 4096;

    /** Bounds the reason. */
    public Call {
        Objects.requireNonNull(by, "by");
        if (reason.length() > MAX_REASON) {
            throw new InvalidValueException(
                    "reason", reason, "it has " + reason.length() + " characters", "at most " + MAX_REASON);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(reason)) {
            throw new InvalidValueException("reason", reason, "it has half of a surrogate pair", "well-formed Unicode");
        }
    }
}
