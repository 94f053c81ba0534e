/** Arranges the files of a version for other programs. Not API. */
@NullMarked
package io.modelregistry.internal.export;

import org.jspecify.annotations.NullMarked;
