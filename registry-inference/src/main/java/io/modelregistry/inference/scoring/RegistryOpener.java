package io.modelregistry.inference.scoring;

import io.modelregistry.registry.ModelRegistry;
import java.io.Serializable;

/**
 * Opens a registry, in a JVM that it was shipped to. All that it captures is shipped with it, so no secret may be among
 * that: credentials come from the environment of the JVM.
 */
@FunctionalInterface
public interface RegistryOpener extends Serializable {
    /** Opens the registry; whoever calls closes it. */
    ModelRegistry open();
}
