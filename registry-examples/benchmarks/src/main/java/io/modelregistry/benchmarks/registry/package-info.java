/** What the registry itself costs, and how that grows. */
@NullMarked
package io.modelregistry.benchmarks.registry;

import org.jspecify.annotations.NullMarked;
