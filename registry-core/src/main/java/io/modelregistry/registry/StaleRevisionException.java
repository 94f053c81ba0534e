package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;

/** An edit was made for a revision that is not the current one any more; nothing was changed. */
public final class StaleRevisionException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final long expected;
    private final long current;

    /** An edit for one revision that met another. */
    public StaleRevisionException(ModelName name, long expected, long current) {
        super(
                ErrorCode.CONFLICT,
                "Cannot change model '%s': it is at revision %s, expected revision %s; read it again and repeat the edit"
                        .formatted(name, current, expected));
        this.expected = expected;
        this.current = current;
    }

    /** The revision that the edit was made for. */
    public long expected() {
        return expected;
    }

    /** The revision that the model is at. */
    public long current() {
        return current;
    }

    /** False: the same call would fail again. */
    @Override
    public boolean isRetryable() {
        return false;
    }
}
