/** Tests of the parts of the local cache. */
@NullMarked
package io.modelregistry.internal.cache;

import org.jspecify.annotations.NullMarked;
