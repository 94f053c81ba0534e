/**
 * A deterministic scheduler for clients of a store: each call of the store is a point where another client may go
 * first, a client may crash, a reply may be lost, or a copy of a write may arrive late.
 */
@NullMarked
package io.modelregistry.internal.schedule;

import org.jspecify.annotations.NullMarked;
