package io.modelregistry.internal.embedded;

import io.modelregistry.event.RegistryEvent;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.EventDispatcher;
import io.modelregistry.internal.commit.HeadCommitter;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.HeadStore;
import io.modelregistry.internal.store.HistoryStore;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.serialization.Serializers;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Registries that read back wrongly after a refused or lost write of a head, for the storms to find out. */
public enum StormFlaws {
    /** Whatever was refused is taken for definitely not done. */
    TRUSTS_A_REFUSAL {
        @Override
        boolean isOurs(RegistryEvent made, RegistryEvent own) {
            return false;
        }
    },
    /** Whatever stands there is taken for what was written. */
    ACKNOWLEDGES_BEFORE_THE_COMMIT {
        @Override
        boolean isOurs(RegistryEvent made, RegistryEvent own) {
            return true;
        }
    },
    /** A change of the same content is taken for the same change. */
    READS_BACK_BY_CONTENT {
        @Override
        boolean isOurs(RegistryEvent made, RegistryEvent own) {
            return made.change().equals(own.change());
        }
    };

    abstract boolean isOurs(RegistryEvent made, RegistryEvent own);

    /** Opens a registry with the flaw; closing it leaves the node open. */
    public ModelRegistry open(StorageNode node, Duration commitLimit) {
        Environment environment = new Environment(
                Clock.systemUTC(), () -> UUID.randomUUID().toString().replace("-", ""), Retries.within(commitLimit));
        Settings settings = new Settings(
                environment,
                LifecyclePolicy.SIMPLE,
                UploadLimits.DEFAULT,
                Serializers.discovered(),
                List.of(),
                Duration.ZERO,
                Principal.user("ann"));
        return EmbeddedRegistry.over(new Engine(node, settings, new Flawed()));
    }

    private final class Flawed implements Engine.Protocol {
        @Override
        public HeadCommitter committer(
                StorageNode node, HeadStore heads, Environment environment, EventDispatcher dispatcher) {
            HistoryStore history = new HistoryStore(node);
            return new HeadCommitter(node, heads, environment, dispatcher) {
                @Override
                protected boolean isOurs(ModelKeys keys, StoredHead now, RegistryEvent event) throws IOException {
                    return StormFlaws.this.isOurs(
                            history.entry(keys, now, event.revision()).event(), event);
                }
            };
        }
    }
}
