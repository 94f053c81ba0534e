package io.modelregistry.deployment;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** There is no such deployment, or the caller may not see it. */
public final class DeploymentNotFoundException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String deployment;

    /** A deployment that does not exist. */
    public DeploymentNotFoundException(DeploymentName name) {
        super(
                ErrorCode.NOT_FOUND,
                "Cannot find deployment '%s': there is none of this name, expected one that was deployed"
                        .formatted(name));
        this.deployment = name.value();
    }

    /** The name that was asked for. */
    public String deployment() {
        return deployment;
    }
}
