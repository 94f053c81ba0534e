package io.modelregistry.storage.contract;

import io.modelregistry.storage.StorageNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Everything that a {@link StorageNode} promises inside one process. Extend it, say how to open an empty node, and run
 * it.
 *
 * <p>Each test has a node of its own, so the tests may run in any order.
 */
@Timeout(300)
public abstract class StorageNodeContract
        implements ObjectContract,
                ContentContract,
                ConditionContract,
                ListingContract,
                FolderListingContract,
                KeyContract,
                CloseContract,
                ThreadRaceContract {
    private StorageNode node;

    /** For subclasses. */
    protected StorageNodeContract() {}

    /** Opens a node over a store that holds nothing. */
    protected abstract StorageNode openEmpty() throws Exception;

    @Override
    public final StorageNode node() {
        return node;
    }

    /** Opens the node of a test. */
    @BeforeEach
    final void openNode() throws Exception {
        node = openEmpty();
    }

    /** Closes the node of a test, also for the second time. */
    @AfterEach
    final void closeNode() {
        if (node != null) {
            node.close();
        }
    }
}
