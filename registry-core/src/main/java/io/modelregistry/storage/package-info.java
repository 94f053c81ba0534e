/**
 * The {@link io.modelregistry.storage.StorageNode} SPI: a flat map from key to bytes with conditional writes.
 *
 * <p>Nodes speak in {@link java.io.IOException}s with named kinds; the registry above maps them to its own errors. This
 * package depends on no other package of the project.
 */
@NullMarked
package io.modelregistry.storage;

import org.jspecify.annotations.NullMarked;
