/** Tests of the local cache. */
@NullMarked
package io.modelregistry.cache;

import org.jspecify.annotations.NullMarked;
