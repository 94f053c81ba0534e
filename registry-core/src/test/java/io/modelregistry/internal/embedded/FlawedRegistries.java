package io.modelregistry.internal.embedded;

import io.modelregistry.event.RegistryEvent;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.EventDispatcher;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.serialization.Serializers;
import io.modelregistry.storage.StorageNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Registries with a flaw in their commit protocol, for tests that have to find it. */
public final class FlawedRegistries {
    private FlawedRegistries() {}

    /** A registry that takes a refused head write as lost, and does not look whether it was its own that won. */
    public static ModelRegistry takingEachRefusalAsLost(StorageNode node) {
        Environment environment = new Environment(
                Clock.systemUTC(), () -> UUID.randomUUID().toString(), Retries.within(Duration.ofSeconds(60)));
        Settings settings = new Settings(
                environment,
                LifecyclePolicy.SIMPLE,
                UploadLimits.DEFAULT,
                Serializers.discovered(),
                List.of(),
                Duration.ZERO,
                Principal.user("flawed"));
        return EmbeddedRegistry.over(new Engine(node, settings, new Engine.Protocol() {
            @Override
            public HeadCommitter committer(
                    StorageNode over, HeadStore heads, Environment with, EventDispatcher dispatcher) {
                return new HeadCommitter(over, heads, with, dispatcher) {
                    @Override
                    protected boolean isOurs(ModelKeys keys, StoredHead now, RegistryEvent event) {
                        return false;
                    }
                };
            }
        }));
    }
}
