package io.modelregistry.registry.contract;

import io.modelregistry.storage.StorageNode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * Everything that the deployments of a registry promise inside one process, over one kind of store. Extend it and say
 * how to open an empty node.
 */
@Timeout(300)
public abstract class DeploymentStoreContract {
    /** For subclasses. */
    protected DeploymentStoreContract() {}

    /** Opens a node over a store that holds nothing. */
    protected abstract StorageNode openEmpty() throws Exception;

    @Nested
    class Changes extends DeploymentChangeContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return DeploymentStoreContract.this.openEmpty();
        }
    }

    @Nested
    class Protocol extends DeploymentProtocolContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return DeploymentStoreContract.this.openEmpty();
        }
    }

    @Nested
    class Damage extends DeploymentDamageContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return DeploymentStoreContract.this.openEmpty();
        }
    }

    @Nested
    class Statuses extends DeploymentStatusContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return DeploymentStoreContract.this.openEmpty();
        }
    }
}
