package io.modelregistry.maintenance;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** A target holds something else under a name that is to be copied there; what it holds is left as it is. */
public final class CopyRefusedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String key;

    /**
     * A refused copy.
     *
     * @param model what was to be copied
     * @param key the object of the target that is in the way
     * @param why what it is
     */
    public CopyRefusedException(String model, String key, String why) {
        super(
                ErrorCode.ALREADY_EXISTS,
                "Cannot copy '%s': in the target, '%s' %s, expected nothing there or an earlier state of the same model"
                        .formatted(model, key, why));
        this.key = key;
    }

    /** The key of the object that is in the way, relative to the root of the target. */
    public String key() {
        return key;
    }
}
