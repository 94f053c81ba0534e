package io.modelregistry.inference.deployment;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The deployment is not in a state that allows this change; nothing was changed. */
public final class RolloutRefusedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses a change.
     *
     * @param action what was to be done, such as {@code roll back}
     * @param deployment the deployment
     * @param why why it cannot be done
     * @param expected what would allow it
     */
    public RolloutRefusedException(String action, String deployment, String why, String expected) {
        super(
                ErrorCode.ILLEGAL_TRANSITION,
                "Cannot %s deployment '%s': %s, expected %s".formatted(action, deployment, why, expected));
    }
}
