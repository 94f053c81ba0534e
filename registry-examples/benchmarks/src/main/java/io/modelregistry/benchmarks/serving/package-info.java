/** Benchmarks of serving many callers at once. */
@NullMarked
package io.modelregistry.benchmarks.serving;

import org.jspecify.annotations.NullMarked;
