package io.modelregistry.inference.deployment;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** The deployment was undeployed or closed on this instance; the request was not computed. */
public final class DeploymentClosedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /** Names the deployment that was asked. */
    public DeploymentClosedException(String deployment) {
        super(
                ErrorCode.CLOSED,
                "Cannot use deployment '%s': it is closed on this instance, expected one that is deployed"
                        .formatted(deployment));
    }
}
