/** The local cache: files and documents of remote stores on this host, shared by its processes. Not API. */
@NullMarked
package io.modelregistry.internal.cache;

import org.jspecify.annotations.NullMarked;
