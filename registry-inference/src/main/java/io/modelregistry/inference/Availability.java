package io.modelregistry.inference;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether an engine can be used in this process.
 *
 * @param reason why not; null when it can
 * @param cause the failure behind the reason, if there is one
 */
public record Availability(
        @Nullable String reason, @Nullable Throwable cause) {
    /** The engine can be used. */
    public static final Availability AVAILABLE = new Availability(null, null);

    /** The engine cannot be used, and why. */
    public static Availability unavailable(String reason, @Nullable Throwable cause) {
        return new Availability(Objects.requireNonNull(reason, "reason"), cause);
    }

    /** Whether the engine can be used. */
    public boolean isAvailable() {
        return reason == null;
    }

    /** Why the engine cannot be used; empty when it can. */
    public Optional<String> findReason() {
        return Optional.ofNullable(reason);
    }
}
