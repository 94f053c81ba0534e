/**
 * A {@link io.modelregistry.storage.StorageNode} in a folder: each object is a plain file at the path that its key
 * spells.
 *
 * <p>Everything it does to a disk goes through one narrow interface, so that a disk can be simulated. What it keeps
 * beside the objects is described in {@code docs/storage-filesystem.md}.
 */
@NullMarked
package io.modelregistry.storage.fs;

import org.jspecify.annotations.NullMarked;
