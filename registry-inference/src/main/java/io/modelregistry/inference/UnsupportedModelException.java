package io.modelregistry.inference;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** No provider here runs models of this framework or with these inputs. */
public final class UnsupportedModelException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final String framework;

    /**
     * Describes a model that nothing here can run.
     *
     * @param source the model
     * @param why why not
     * @param expected what would be accepted
     */
    public UnsupportedModelException(ModelSource source, String why, String expected) {
        super(
                ErrorCode.UNSUPPORTED,
                "Cannot load model '%s' of framework '%s': %s, expected %s"
                        .formatted(source.id(), source.framework(), why, expected));
        this.framework = source.framework().name();
    }

    /** The name of the model's framework. */
    public String framework() {
        return framework;
    }
}
