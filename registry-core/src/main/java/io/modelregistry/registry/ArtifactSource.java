package io.modelregistry.registry;

import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.FileKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/**
 * A file to be registered: where it goes, how long it is, and how to read it, more than once if need be.
 *
 * @param path where it will lie in the version's folder
 * @param kind what it is for; empty to find out from its content
 * @param size its length in bytes
 * @param opener opens it
 */
public record ArtifactSource(ArtifactPath path, Optional<FileKind> kind, long size, Opener opener) {
    /**
     * Checks for nulls and the size.
     *
     * @throws InvalidArtifactException if the size is negative
     */
    public ArtifactSource {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(opener, "opener");
        if (size < 0) {
            throw new InvalidArtifactException(path.toString(), "it has " + size + " bytes", "zero or more", null);
        }
    }

    /** Bytes in memory, which must not be changed until the registration ends. */
    public static ArtifactSource of(ArtifactPath path, byte[] bytes) {
        return new ArtifactSource(path, Optional.empty(), bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    /**
     * A file of the host.
     *
     * @throws InvalidArtifactException if it is no readable file
     */
    public static ArtifactSource of(ArtifactPath path, Path file) {
        String shown = String.valueOf(file.getFileName());
        if (!Files.exists(file)) {
            throw new InvalidArtifactException(shown, "it does not exist", "a file", null);
        }
        if (!Files.isRegularFile(file)) {
            throw new InvalidArtifactException(shown, "it is not a regular file", "a file", null);
        }
        if (!Files.isReadable(file)) {
            throw new InvalidArtifactException(shown, "it cannot be read", "a readable file", null);
        }
        try {
            return new ArtifactSource(path, Optional.empty(), Files.size(file), new HostFile(file));
        } catch (IOException e) {
            throw new InvalidArtifactException(shown, "its size cannot be read", "a readable file", e);
        }
    }

    /** A file of the host; whoever changes it changes its size, its time of modification or its identity. */
    private record HostFile(Path file) implements Opener {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public String generation() throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey();
        }
    }

    /** The same with a kind. */
    public ArtifactSource as(FileKind fileKind) {
        return new ArtifactSource(path, Optional.of(fileKind), size, opener);
    }

    /** Opens a fresh stream of the same bytes each time. */
    @FunctionalInterface
    public interface Opener {
        /** A fresh stream from the first byte; the caller closes it. */
        InputStream open() throws IOException;

        /**
         * What is another once the bytes may be others, such as a file's time of modification: a source that changes
         * while it is registered is refused by it. By default always the same.
         */
        default String generation() throws IOException {
            return "";
        }
    }
}
