/**
 * The registry as its users see it: {@link io.modelregistry.registry.ModelRegistry} and the values and errors of its
 * calls.
 */
@NullMarked
package io.modelregistry.registry;

import org.jspecify.annotations.NullMarked;
