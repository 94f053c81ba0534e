package io.modelregistry.internal.embedded;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.internal.commit.FileWrite;
import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.UploadProgress;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings files into the folder of a version: by a copy inside the store if a published version of the model is known to
 * hold the same bytes, else by an upload that is hashed on its way. Looked at are the newest versions of the model and
 * what this process has published. Thread-safe.
 */
final class FileUploader {
    /** Below this a copy is no cheaper than an upload. */
    private static final long COPY_FROM_BYTES = 64 << 10;

    private static final long REMEMBERED = 10_000;

    private final Engine engine;
    private final Cache<Digest, Held> published =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    FileUploader(Engine engine) {
        this.engine = engine;
    }

    private record Held(StorageKey key, ArtifactFile file) {}

    /** Uploads a file, and tells its digest. */
    UploadFile upload(VersionTarget target, String folder, UploadFile file, UploadProgress progress)
            throws IOException {
        StorageKey key = target.keys().file(folder, file.path());
        UploadFile known = file;
        if (file.size() >= COPY_FROM_BYTES) {
            List<Held> sameSize = sameSize(target, file.size());
            if (!sameSize.isEmpty()) {
                known = file.hashed();
                if (copied(known, sameSize, key)) {
                    progress.onProgress(file.path(), file.size(), file.size());
                    return known;
                }
            }
        }
        return new UploadFile(
                file.source(), file.kind(), Optional.of(FileWrite.write(engine.node, key, known, progress)));
    }

    private boolean copied(UploadFile file, List<Held> candidates, StorageKey to) throws IOException {
        Digest digest = file.digest().orElseThrow();
        for (Held held : candidates) {
            if (held.file().digest().equals(digest) && engine.copies.isSoundInPlace(held.key(), held.file())) {
                try {
                    engine.node.copy(held.key(), to);
                    return true;
                } catch (NoSuchKeyException e) {
                    published.invalidate(digest);
                }
            }
        }
        return false;
    }

    private List<Held> sameSize(VersionTarget target, long size) {
        List<Held> held = new ArrayList<>(published.asMap().values());
        engine.heads
                .ask(
                        target.keys(),
                        head -> Stream.concat(
                                        head.state().newest().any().stream(), head.state().newest().stable().stream())
                                .distinct()
                                .toList())
                .orElse(List.of())
                .forEach(row -> held.addAll(files(target, row)));
        held.removeIf(candidate -> candidate.file().size() != size);
        return held;
    }

    private List<Held> files(VersionTarget target, VersionRow row) {
        Sealed sealed = engine.manifests.read(target.keys(), row);
        return sealed.manifest().files().stream()
                .map(file -> new Held(target.keys().file(sealed.folder(), file.path()), file))
                .toList();
    }

    /** Remembers where the files of a published version lie. */
    void remember(VersionTarget target, Sealed sealed) {
        for (ArtifactFile file : sealed.manifest().files()) {
            if (file.size() >= COPY_FROM_BYTES) {
                published.put(file.digest(), new Held(target.keys().file(sealed.folder(), file.path()), file));
            }
        }
    }
}
