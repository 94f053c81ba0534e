/** What the packages of this module share and nobody else may use. */
@NullMarked
package io.modelregistry.inference.internal;

import org.jspecify.annotations.NullMarked;
