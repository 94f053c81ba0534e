/**
 * What a registry promises, as tests that run over any storage node: extend {@code RegistryContract}, say how to open
 * an empty node, and run it.
 */
@NullMarked
package io.modelregistry.registry.contract;

import org.jspecify.annotations.NullMarked;
