/**
 * The contract of a {@link io.modelregistry.storage.StorageNode} as tests.
 *
 * <p>A node passes if a test class that extends {@link io.modelregistry.storage.contract.StorageNodeContract} does,
 * and, where several processes can share a store, one that extends
 * {@link io.modelregistry.storage.contract.StorageNodeProcessContract}.
 */
@NullMarked
package io.modelregistry.storage.contract;

import org.jspecify.annotations.NullMarked;
