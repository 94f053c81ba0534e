package io.modelregistry.internal.commit;

import io.modelregistry.internal.store.HoldingStore;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.model.FileKind;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.InvalidArtifactException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * A file on its way into a version.
 *
 * @param source where its bytes come from
 * @param kind what it is for
 * @param digest the SHA-256 of its bytes, if it is known before the upload
 */
public record UploadFile(ArtifactSource source, FileKind kind, Optional<Digest> digest) {
    private static final int BUFFER = 256 << 10;

    /** Where it will lie. */
    public ArtifactPath path() {
        return source.path();
    }

    /** Its length in bytes. */
    public long size() {
        return source.size();
    }

    /** The same with its digest, which is read from the source if it is not known. */
    public UploadFile hashed() {
        if (digest.isPresent()) {
            return this;
        }
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, size()))];
        try (InputStream in = source.opener().open()) {
            for (int read = in.read(buffer); read >= 0 && hasher.size() <= size(); read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(e);
        }
        if (hasher.size() != size()) {
            throw new InvalidArtifactException(
                    path().toString(),
                    hasher.size() > size()
                            ? "it is longer than the " + size() + " bytes that it had before"
                            : "it has " + hasher.size() + " bytes, and had " + size() + " before",
                    "a file that does not change",
                    null);
        }
        return new UploadFile(source, kind, Optional.of(hasher.finish()));
    }

    /** The sample under which the store remembers files like it. */
    public String sample() {
        try (InputStream in = source.opener().open()) {
            return HoldingStore.sample(in, size());
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(e);
        }
    }

    private InvalidArtifactException unreadable(Exception e) {
        return new InvalidArtifactException(
                path().toString(), "it cannot be read (" + e.getClass().getSimpleName() + ")", "a readable file", e);
    }

    /** A digest of a set of files: of their paths, sizes and digests. */
    public static Digest contentDigest(List<UploadFile> files) {
        StringBuilder text = new StringBuilder();
        files.stream()
                .sorted((a, b) -> a.path().compareTo(b.path()))
                .forEach(file -> text.append(file.path())
                        .append('\n')
                        .append(file.size())
                        .append(' ')
                        .append(file.digest().orElseThrow().hex())
                        .append('\n'));
        return Digest.sha256(text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
