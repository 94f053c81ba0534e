/** Checks, collects and copies what a store holds. Not API. */
@NullMarked
package io.modelregistry.internal.maintenance;

import org.jspecify.annotations.NullMarked;
