package io.modelregistry.registry;

import java.nio.file.Path;

/**
 * A registration whose files come from several calls. Nothing is visible before {@link #seal}; {@link #close} without
 * it gives up, and what was uploaded is left to the collection. Not thread-safe.
 */
public interface Upload extends AutoCloseable {
    /** Uploads a file of the host under its own name, or everything in a folder. */
    Upload add(Path fileOrFolder);

    /**
     * Uploads a file.
     *
     * @throws InvalidArtifactException if the path was uploaded before, or the source is not what it says
     */
    Upload add(ArtifactSource source);

    /**
     * Seals and publishes what was uploaded.
     *
     * @throws VersionExistsException if the version was published meanwhile with other content
     */
    RegisteredVersion seal();

    /** Gives up unless sealed; idempotent. */
    @Override
    void close();
}
