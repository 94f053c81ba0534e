package io.modelregistry.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.CorruptionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks local files against their sealed digests, each once per process while it stays the same file: its size, its
 * times and its inode say whether it does. The change time cannot be set back by a user. All names of one file are
 * checked together. Thread-safe.
 */
public final class FileVerifier {
    private static final int BUFFER = 256 << 10;
    private static final long REMEMBERED = 100_000;

    private final Cache<Object, Verified> verified =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    /** Knows no file yet. */
    public FileVerifier() {}

    /**
     * Checks a file.
     *
     * @param key what to call it in an error
     * @throws CorruptionException if it is missing or not what was sealed
     */
    public void verify(String key, Path path, ArtifactFile expected) throws IOException {
        Fingerprint before = fingerprint(key, path);
        if (before.size != expected.size()) {
            throw new CorruptionException(
                    key, "it has " + before.size + " bytes, and was sealed with " + expected.size(), null);
        }
        Verified known = verified.getIfPresent(before.name(path));
        if (known != null && known.fingerprint.equals(before) && known.digest.equals(expected.digest())) {
            return;
        }
        Digest found = hash(path);
        if (!found.equals(expected.digest())) {
            throw new CorruptionException(
                    key, "its digest is " + found + ", and it was sealed with " + expected.digest(), null);
        }
        if (fingerprint(key, path).equals(before)) {
            verified.put(before.name(path), new Verified(before, found));
        }
    }

    /** Takes note of a file that was checked while it was written. */
    public void written(Path path, ArtifactFile file) throws IOException {
        Fingerprint now = fingerprint(path.toString(), path);
        verified.put(now.name(path), new Verified(now, file.digest()));
    }

    /** Whether a file is one that was found to be what was sealed, and has not changed since. */
    public boolean isVerified(Path path, ArtifactFile expected) throws IOException {
        Fingerprint now = fingerprint(path.toString(), path);
        Verified known = verified.getIfPresent(now.name(path));
        return known != null && known.fingerprint.equals(now) && known.digest.equals(expected.digest());
    }

    /**
     * Takes note that a file which was just found sound got or lost another link, which changes the time of its last
     * change.
     */
    public void linked(Path path) throws IOException {
        Fingerprint now = fingerprint(path.toString(), path);
        Verified known = verified.getIfPresent(now.name(path));
        if (known != null && now.isSameButForLinks(known.fingerprint)) {
            verified.put(now.name(path), new Verified(now, known.digest));
        }
    }

    private static Digest hash(Path path) throws IOException {
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        }
        return hasher.finish();
    }

    private static Fingerprint fingerprint(String key, Path path) throws IOException {
        try {
            BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
            Object changed = path.getFileSystem().supportedFileAttributeViews().contains("unix")
                    ? Files.getAttribute(path, "unix:ctime")
                    : basic.creationTime();
            return new Fingerprint(
                    basic.size(), String.valueOf(basic.lastModifiedTime()), changed.toString(), basic.fileKey());
        } catch (NoSuchFileException e) {
            throw new CorruptionException(key, "it is missing", e);
        }
    }

    private record Fingerprint(
            long size,
            String modified,
            String changed,
            @Nullable Object fileKey) {
        /** What all names of one file have in common, where the system tells. */
        Object name(Path path) {
            return fileKey == null ? path : fileKey;
        }

        boolean isSameButForLinks(Fingerprint other) {
            return size == other.size && modified.equals(other.modified) && Objects.equals(fileKey, other.fileKey);
        }
    }

    private record Verified(Fingerprint fingerprint, Digest digest) {}
}
