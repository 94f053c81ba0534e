/**
 * Turning Java objects into the files of a version and back, and telling from their content which framework files are
 * made for.
 *
 * <p>{@link io.modelregistry.serialization.Serializer} is an SPI; {@link io.modelregistry.serialization.Serializers} is
 * the collection that a registry asks. This package depends on {@code model} alone.
 */
@NullMarked
package io.modelregistry.serialization;

import org.jspecify.annotations.NullMarked;
