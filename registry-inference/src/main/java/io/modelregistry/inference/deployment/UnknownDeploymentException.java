package io.modelregistry.inference.deployment;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.Collection;

/** No deployment of this name is served by this instance. */
public final class UnknownDeploymentException extends RegistryException {
    private static final long serialVersionUID = 1L;

    /**
     * Names what was asked for and what there is.
     *
     * @param deployment the name that is unknown
     * @param known the names of those that are served here
     */
    public UnknownDeploymentException(String deployment, Collection<String> known) {
        super(
                ErrorCode.NOT_FOUND,
                "Cannot use deployment '%s': it is not deployed on this instance, expected one of %s"
                        .formatted(deployment, known));
    }
}
