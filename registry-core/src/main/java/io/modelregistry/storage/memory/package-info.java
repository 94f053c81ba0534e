/** The reference node: a registry that lives in memory, for tests, fixtures and short-lived tools. */
@NullMarked
package io.modelregistry.storage.memory;

import org.jspecify.annotations.NullMarked;
