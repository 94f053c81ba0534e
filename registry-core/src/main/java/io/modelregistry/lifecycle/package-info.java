/**
 * The life of a version after it was published: stages, the policy that orders them, and what is attached later.
 *
 * <p>Pure functions and values; depends on {@code model} only.
 */
@NullMarked
package io.modelregistry.lifecycle;

import org.jspecify.annotations.NullMarked;
