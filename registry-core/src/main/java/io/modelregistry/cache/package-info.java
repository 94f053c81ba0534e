/** Keeps files and documents of a remote store on this host; wired by the registry's builder. */
@NullMarked
package io.modelregistry.cache;

import org.jspecify.annotations.NullMarked;
