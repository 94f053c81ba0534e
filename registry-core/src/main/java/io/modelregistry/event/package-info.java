/** What happened to a model: the events that its history consists of, and the listener that hears them. */
@NullMarked
package io.modelregistry.event;

import org.jspecify.annotations.NullMarked;
