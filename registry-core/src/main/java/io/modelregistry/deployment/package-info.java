/**
 * Deployments as the store holds them: which versions are to serve under a name, how a rollout proceeds, and what each
 * instance has made of it.
 *
 * <p>Values and a store with compare-and-swap; what serves them lives in {@code inference.deployment}.
 */
@NullMarked
package io.modelregistry.deployment;

import org.jspecify.annotations.NullMarked;
