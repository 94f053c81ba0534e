/**
 * The commit protocol: how a head is replaced, and how a version is claimed, uploaded, sealed and published. Not API.
 */
@NullMarked
package io.modelregistry.internal.commit;

import org.jspecify.annotations.NullMarked;
