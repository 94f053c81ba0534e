package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.RegistryException;

/** The version is published with other content. Bytes never change: other bytes are a new version. */
public final class VersionExistsException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final transient ModelName name;
    private final transient ModelVersion version;

    /** A version that exists, and in what it differs from what was to be registered. */
    public VersionExistsException(ModelName name, ModelVersion version, String difference) {
        super(
                ErrorCode.ALREADY_EXISTS,
                "Cannot register '%s:%s': the version exists and %s, expected the same content or a new version"
                        .formatted(name, version, difference));
        this.name = name;
        this.version = version;
    }

    /** The model. */
    public ModelName name() {
        return name;
    }

    /** The version that exists. */
    public ModelVersion version() {
        return version;
    }
}
