package io.modelregistry.registry;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;

/** There is no such model, version, alias or file, or the caller may not see it. */
public final class ModelNotFoundException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String reference;

    private ModelNotFoundException(String reference, String message) {
        super(ErrorCode.NOT_FOUND, message);
        this.reference = reference;
    }

    /** A model that does not exist. */
    public static ModelNotFoundException model(ModelName name) {
        return new ModelNotFoundException(
                name.toString(),
                "Cannot find model '%s': there is none of this name, expected a registered model".formatted(name));
    }

    /** A reference that leads to no version. */
    public static ModelNotFoundException version(ModelRef ref, String why) {
        return new ModelNotFoundException(
                ref.toString(),
                "Cannot resolve '%s': %s, expected a reference to a published version".formatted(ref, why));
    }

    /** Something of a version that does not exist. */
    public static ModelNotFoundException partOf(ModelRef ref, String what) {
        return new ModelNotFoundException(
                ref.toString(),
                "Cannot find %s of '%s': there is none, expected one that it lists".formatted(what, ref));
    }

    /** The reference that was asked for. */
    public String reference() {
        return reference;
    }
}
