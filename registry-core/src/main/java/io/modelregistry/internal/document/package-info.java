/** The stored documents: their bytes, their checksums, and where they lie. Not API. */
@NullMarked
package io.modelregistry.internal.document;

import org.jspecify.annotations.NullMarked;
