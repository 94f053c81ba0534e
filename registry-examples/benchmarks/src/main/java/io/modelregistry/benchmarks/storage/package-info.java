/** Benchmarks of stores that are reached through a network. */
@NullMarked
package io.modelregistry.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
