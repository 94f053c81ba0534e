package io.modelregistry.registry.contract;

import io.modelregistry.storage.StorageNode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * Everything that a registry promises inside one process, over one kind of store. Extend it and say how to open an
 * empty node.
 */
@Timeout(300)
public abstract class RegistryContract {
    /** For subclasses. */
    protected RegistryContract() {}

    /** Opens a node over a store that holds nothing. */
    protected abstract StorageNode openEmpty() throws Exception;

    @Nested
    class Registration extends RegistrationContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Upload extends UploadContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Listing extends ListingContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Reuse extends ReuseContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Interrupt extends InterruptContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Editing extends EditingContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class History extends HistoryContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Artifacts extends ArtifactsContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Opening extends OpeningContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class BadInput extends BadInputContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }

    @Nested
    class Damage extends DamageContract {
        @Override
        protected StorageNode openEmpty() throws Exception {
            return RegistryContract.this.openEmpty();
        }
    }
}
