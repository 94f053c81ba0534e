package io.modelregistry.event;

/**
 * Hears what was committed. Called after the commit, in order for each model; what it throws is logged and fails
 * nothing.
 *
 * <p>It may be called from several threads for different models.
 */
@FunctionalInterface
public interface RegistryListener {
    /** Something was committed. */
    void onEvent(RegistryEvent event);
}
