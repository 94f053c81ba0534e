/**
 * The registry over a storage node: the verbs of {@link io.modelregistry.registry.ModelRegistry} as commits. Not API.
 */
@NullMarked
package io.modelregistry.internal.embedded;

import org.jspecify.annotations.NullMarked;
