/**
 * Serves models under names: deployments that follow references, split traffic, roll out and roll back.
 *
 * <p>Start at {@link io.modelregistry.inference.deployment.Deployments}.
 */
@NullMarked
package io.modelregistry.inference.deployment;

import org.jspecify.annotations.NullMarked;
