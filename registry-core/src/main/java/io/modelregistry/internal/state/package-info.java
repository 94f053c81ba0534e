/**
 * The state of a model at one revision: its facts, aliases and stages, and the table of its versions whose full parts
 * are moved into pages. Immutable values and pure functions. Not API.
 */
@NullMarked
package io.modelregistry.internal.state;

import org.jspecify.annotations.NullMarked;
