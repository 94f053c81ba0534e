/** Reads documents of the store, checked and cached, and turns the store's errors into the registry's. Not API. */
@NullMarked
package io.modelregistry.internal.store;

import org.jspecify.annotations.NullMarked;
