package io.modelregistry.internal.embedded;

import io.modelregistry.event.RegistryListener;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.serialization.Serializers;
import java.time.Duration;
import java.util.List;

/**
 * What a host decides about a registry.
 *
 * @param environment clock, ids and retries
 * @param policy the lifecycle of its versions
 * @param limits how much a version may hold
 * @param serializers write and read objects
 * @param listeners hear every commit of this registry
 * @param freshness how long what was read answers without asking the store
 * @param actor in whose name it acts unless a caller is given
 */
public record Settings(
        Environment environment,
        LifecyclePolicy policy,
        UploadLimits limits,
        Serializers serializers,
        List<RegistryListener> listeners,
        Duration freshness,
        Principal actor) {
    /** Copies the list. */
    public Settings {
        listeners = List.copyOf(listeners);
    }
}
