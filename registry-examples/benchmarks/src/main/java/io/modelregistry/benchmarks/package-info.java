/**
 * Measures what this library adds to the engines and stores underneath; {@code docs/benchmarks.md} holds the results.
 */
@NullMarked
package io.modelregistry.benchmarks;

import org.jspecify.annotations.NullMarked;
