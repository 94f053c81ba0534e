package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import java.io.IOException;

/**
 * Writes a Java object as the files of a version, and reads it back.
 *
 * <p>Implementing classes must comply with:
 *
 * <ul>
 *   <li>{@link #read} of what {@link #write} wrote gives an object that behaves the same;
 *   <li>{@code write} gives the same bytes for the same object, so that registering it twice is recognised as the same
 *       version;
 *   <li>{@code read} runs no code that the files bring along: what it can create is decided by this class, not by its
 *       input;
 *   <li>both may be called by several threads at once, and keep neither the writer nor the reader after they return.
 * </ul>
 *
 * <p>Serializers are handed to {@link Serializers} explicitly, or found by {@link java.util.ServiceLoader}, which needs
 * a public constructor without parameters.
 *
 * @param <T> the type of the object
 */
public interface Serializer<T> {
    /** The framework, and its version if it is known, that a version written by this serializer is labelled with. */
    Framework framework();

    /** The class whose objects, subclasses included, are written; {@link #read} returns objects of it. */
    Class<T> type();

    /**
     * Writes the object as one or more files.
     *
     * @throws IOException when the writer fails
     * @throws SerializationException when this object cannot be written
     */
    void write(T model, ArtifactWriter out) throws IOException;

    /**
     * Reads the object back from the files of a version.
     *
     * @throws IOException when the reader fails, {@link java.nio.file.NoSuchFileException} when a file is missing
     * @throws SerializationException when the files hold something else
     */
    T read(ArtifactReader in) throws IOException;

    /** Tells this serializer from others in choices and messages; by default the name of its class. */
    default String id() {
        return getClass().getName();
    }
}
