package io.modelregistry.internal.embedded;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.internal.commit.FileWrite;
import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.store.HoldingStore;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.UploadProgress;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings files into the folder of a version: by a copy inside the store if a published version of the model holds the
 * same bytes, else by an upload that is hashed on its way. Thread-safe.
 */
final class FileUploader {
    private static final Logger LOG = LoggerFactory.getLogger(FileUploader.class);
    private static final long UNPUBLISHED = 10_000;

    private final Engine engine;
    private final HoldingStore holdings;
    private final Cache<StorageKey, String> samples =
            Caffeine.newBuilder().maximumSize(UNPUBLISHED).build();

    FileUploader(Engine engine) {
        this.engine = engine;
        this.holdings = new HoldingStore(engine.node);
    }

    /** Uploads a file, and tells its digest. */
    UploadFile upload(VersionTarget target, String folder, UploadFile file, UploadProgress progress)
            throws IOException {
        StorageKey key = target.keys().file(folder, file.path());
        UploadFile known = file;
        if (holdings.remembers(file.size())) {
            String sample = file.sample();
            if (holdings.holds(target.keys(), sample)) {
                known = file.hashed();
                if (copied(target, known, sample, key)) {
                    progress.onProgress(file.path(), file.size(), file.size());
                    return known;
                }
            }
            samples.put(key, sample);
        }
        return new UploadFile(
                file.source(), file.kind(), Optional.of(FileWrite.write(engine.node, key, known, progress)));
    }

    /** A copy saves an upload and nothing else, so whatever fails in it, the bytes can still be sent. */
    private boolean copied(VersionTarget target, UploadFile file, String sample, StorageKey to) throws IOException {
        Digest digest = file.digest().orElseThrow();
        try {
            Optional<ModelVersion> version = holdings.find(target.keys(), sample, digest);
            if (version.isEmpty()) {
                return false;
            }
            Optional<Held> held = held(target, version.get(), digest);
            if (held.isPresent()
                    && engine.copies.isSoundInPlace(held.get().key(), held.get().file())) {
                engine.copies.copy(held.get().key(), to);
                return true;
            }
        } catch (RegistryException | IOException e) {
            if (StoreErrors.isInterruption(e)) {
                throw e;
            }
            LOG.warn("Uploading '{}' of '{}', not copying it: {}", file.path(), target, e.getMessage());
        }
        return false;
    }

    private record Held(StorageKey key, ArtifactFile file) {}

    private Optional<Held> held(VersionTarget target, ModelVersion version, Digest digest) {
        Optional<TableRow> row = engine.heads
                .ask(target.keys(), head -> head.search().find(version))
                .flatMap(found -> found);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        Sealed sealed = engine.manifests.read(target.keys(), row.get().row());
        return sealed.manifest().files().stream()
                .filter(file -> file.digest().equals(digest))
                .findFirst()
                .map(file -> new Held(target.keys().file(sealed.folder(), file.path()), file));
    }

    /** Lets the store remember what was uploaded for a version that is published now. */
    void remember(VersionTarget target, Sealed sealed) {
        for (ArtifactFile file : sealed.manifest().files()) {
            StorageKey key = target.keys().file(sealed.folder(), file.path());
            String sample = samples.getIfPresent(key);
            if (sample != null) {
                samples.invalidate(key);
                remember(target, file, sample);
            }
        }
    }

    /** The version is there, whatever happens here: what is not remembered will be uploaded once more. */
    private void remember(VersionTarget target, ArtifactFile file, String sample) {
        try {
            holdings.remember(target.keys(), sample, file.digest(), target.version());
        } catch (IOException e) {
            LOG.warn("The store could not remember which version holds '{}' of '{}'", file.path(), target, e);
        }
    }
}
