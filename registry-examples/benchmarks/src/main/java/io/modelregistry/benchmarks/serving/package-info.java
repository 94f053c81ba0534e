/** What the parts of the serving path cost. */
@NullMarked
package io.modelregistry.benchmarks.serving;

import org.jspecify.annotations.NullMarked;
