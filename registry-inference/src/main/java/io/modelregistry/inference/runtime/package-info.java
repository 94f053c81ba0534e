/**
 * Serves one loaded model to many callers: counted handles, queues that form batches, limits on concurrency and memory.
 *
 * <p>Names, versions and traffic are the business of {@code inference.deployment}.
 */
@NullMarked
package io.modelregistry.inference.runtime;

import org.jspecify.annotations.NullMarked;
