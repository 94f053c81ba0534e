/**
 * Values of the registry: names, versions, references, digests, the manifest, tensor signatures, and the one exception
 * root.
 *
 * <p>Everything here is an immutable value without I/O. This package depends on no other package of the project.
 */
@NullMarked
package io.modelregistry.model;

import org.jspecify.annotations.NullMarked;
