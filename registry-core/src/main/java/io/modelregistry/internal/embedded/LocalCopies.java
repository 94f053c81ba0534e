package io.modelregistry.internal.embedded;

import io.modelregistry.internal.cache.CachedFile;
import io.modelregistry.internal.cache.CachedFiles;
import io.modelregistry.internal.cache.CachingNode;
import io.modelregistry.internal.cache.TemporaryFolder;
import io.modelregistry.internal.cache.Transfer;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.FileVerifier;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.VerifyingStream;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.storage.LocalFiles;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageDeniedException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Local folders with the checked files of versions: the stored folder itself where the store has one, else one from the
 * cache, if there is one, else a copy in a temporary folder. What was made is deleted when its last user has left, or
 * the registry is closed. Thread-safe; concurrent requests for one version copy it once.
 */
final class LocalCopies {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCopies.class);

    private final StorageNode node;
    private final @Nullable CachedFiles cache;
    private final FileVerifier verifier = new FileVerifier();
    private final ConcurrentMap<Digest, LocalCopy> copies = new ConcurrentHashMap<>();
    private final AtomicLong made = new AtomicLong();
    private final TemporaryFolder temporary = TemporaryFolder.ofSystem();

    LocalCopies(StorageNode node) {
        this.node = node;
        this.cache = node instanceof CachingNode caching ? caching.files() : null;
    }

    /** The folder of a version, until the registry is closed. */
    Path folder(ModelKeys keys, VersionRow row, Sealed sealed) {
        Optional<Path> stored = stored(keys, row, sealed);
        if (stored.isPresent()) {
            return stored.get();
        }
        LocalCopy copy = copied(keys, row, sealed);
        copy.keep();
        copy.leave();
        return copy.folder();
    }

    /** The folder of a version, until the pin is closed. */
    PinnedFolder pin(ModelKeys keys, VersionRow row, Sealed sealed) {
        Optional<Path> stored = stored(keys, row, sealed);
        if (stored.isPresent()) {
            return new PinnedFolder(stored.get(), () -> {});
        }
        LocalCopy copy = copied(keys, row, sealed);
        return new PinnedFolder(copy.folder(), () -> leave(row, copy, sealed));
    }

    private void leave(VersionRow row, LocalCopy copy, Sealed sealed) {
        if (!copy.leave()) {
            return;
        }
        copies.remove(row.manifest(), copy);
        try {
            if (copy.findFolder().isPresent()) {
                delete(copy.folder(), sealed);
            }
        } catch (IOException e) {
            LOG.warn("Cannot delete the copy of a version; closing the registry does: {}", copy.folder(), e);
        }
    }

    private void delete(Path folder, Sealed sealed) throws IOException {
        if (cache == null) {
            TemporaryFolder.delete(folder);
        } else {
            cache.release(folder, sealed.manifest().files(), verifier);
        }
    }

    /** The stored folder itself, checked, where the store has one that an engine can be pointed at. */
    private Optional<Path> stored(ModelKeys keys, VersionRow row, Sealed sealed) {
        try {
            if (node instanceof LocalFiles local) {
                Path folder = local.folder(keys.folder(sealed.folder()));
                verifyInPlace(keys, sealed, local);
                if (!hasForeignFiles(folder, sealed)) {
                    return Optional.of(folder);
                }
                LOG.warn(
                        "The folder of '{}:{}' holds files that its manifest does not name; using a copy without them",
                        keys.name(),
                        row.version());
            }
        } catch (IOException e) {
            throw StoreErrors.of(action(keys, row), e);
        }
        return Optional.empty();
    }

    /** Checks a stored file in place, where the store has files; true if it is what was sealed. */
    boolean isSoundInPlace(StorageKey key, ArtifactFile file) throws IOException {
        if (!(node instanceof LocalFiles local)) {
            return true;
        }
        try {
            verifier.verify(key.value(), local.path(key), file);
            return true;
        } catch (CorruptionException | NoSuchKeyException e) {
            LOG.warn("Not reusing a stored file: {}", e.getMessage());
            return false;
        }
    }

    /** Copies a stored file that was just found sound; it stays so for what was found. */
    void copy(StorageKey from, StorageKey to) throws IOException {
        node.copy(from, to);
        if (node instanceof LocalFiles local) {
            verifier.linked(local.path(from));
        }
    }

    private void verifyInPlace(ModelKeys keys, Sealed sealed, LocalFiles local) throws IOException {
        for (ArtifactFile file : sealed.manifest().files()) {
            StorageKey key = keys.file(sealed.folder(), file.path());
            Path path;
            try {
                path = local.path(key);
            } catch (NoSuchKeyException e) {
                throw new CorruptionException(key.value(), "it is missing", e);
            }
            try {
                verifier.verify(key.value(), path, file);
            } catch (AccessDeniedException e) {
                throw new StorageDeniedException(
                        key, "Cannot read '%s': access is denied, expected a readable file".formatted(key), e);
            }
        }
    }

    private static boolean hasForeignFiles(Path folder, Sealed sealed) throws IOException {
        Set<Path> known = new HashSet<>();
        sealed.manifest()
                .files()
                .forEach(file -> known.add(folder.resolve(file.path().value())));
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !Files.isDirectory(path)).anyMatch(path -> !known.contains(path));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A copy that the caller has to leave. */
    private LocalCopy copied(ModelKeys keys, VersionRow row, Sealed sealed) {
        while (true) {
            LocalCopy mine = new LocalCopy(() -> make(keys, row, sealed));
            LocalCopy other = copies.putIfAbsent(row.manifest(), mine);
            LocalCopy copy = other == null ? mine : other;
            if (!copy.enter()) {
                copies.remove(row.manifest(), copy); // Its last user is about to delete it.
                continue;
            }
            if (other == null) {
                mine.making().run();
            }
            boolean isWhole = false;
            try {
                isWhole = isWhole(action(keys, row), copy, sealed, other == null);
                if (isWhole) {
                    return copy;
                }
            } finally {
                if (!isWhole) {
                    if (copy.making().isDone()) { // Else this thread was interrupted, and others wait for it.
                        copies.remove(row.manifest(), copy);
                    }
                    leave(row, copy, sealed);
                }
            }
        }
    }

    /** Whether the copy is whole; else another one has to be made. */
    private boolean isWhole(String action, LocalCopy copy, Sealed sealed, boolean isMine) {
        try {
            return isIntact(copy.making().get(), sealed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StoreErrors.interrupted(action, e);
        } catch (ExecutionException e) {
            if (!isMine && StoreErrors.isInterruption(e.getCause())) {
                return false;
            }
            throw failure(action, e.getCause());
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    private static RegistryException failure(String action, @Nullable Throwable cause) {
        if (cause instanceof RegistryException known) {
            return known;
        }
        return StoreErrors.of(action, cause instanceof IOException io ? io : new IOException(cause));
    }

    /** Whether nobody has cleaned up or changed a copy since it was made. */
    private boolean isIntact(Path folder, Sealed sealed) throws IOException {
        if (cache != null && !cache.isInUse(folder)) {
            return false;
        }
        try {
            for (ArtifactFile file : sealed.manifest().files()) {
                verifier.verify(file.path().value(), folder.resolve(file.path().value()), file);
            }
            if (cache != null && hasForeignFiles(folder, sealed)) {
                LOG.warn("The folder of a version holds files that its manifest does not name; making another one");
                return false;
            }
            return true;
        } catch (CorruptionException e) {
            LOG.warn("Making a local copy again: {}", e.getMessage());
            return false;
        }
    }

    private Path make(ModelKeys keys, VersionRow row, Sealed sealed) throws IOException {
        if (cache == null) {
            return copy(keys, row, sealed);
        }
        List<CachedFile> files = sealed.manifest().files().stream()
                .map(file -> new CachedFile(keys.file(sealed.folder(), file.path()), file))
                .toList();
        Optional<Path> placed = cache.place("'" + keys.name() + ":" + row.version() + "'", files, verifier);
        return placed.isPresent() ? placed.get() : copy(keys, row, sealed);
    }

    private Path copy(ModelKeys keys, VersionRow row, Sealed sealed) throws IOException {
        try {
            Path folder = temporary.path().resolve(row.manifest().hex() + "-" + made.incrementAndGet());
            boolean complete = false;
            try {
                copy(keys, sealed, folder);
                complete = true;
                return folder;
            } finally {
                if (!complete) {
                    TemporaryFolder.delete(folder); // Else half a model would take the room that is missing.
                }
            }
        } catch (Transfer.StoreFailure e) {
            throw e.failure();
        } catch (IOException e) {
            throw temporary.failed(action(keys, row), e);
        }
    }

    private void copy(ModelKeys keys, Sealed sealed, Path folder) throws IOException {
        for (ArtifactFile file : sealed.manifest().files()) {
            Path target = folder.resolve(file.path().value());
            Files.createDirectories(target.getParent());
            StorageKey key = keys.file(sealed.folder(), file.path());
            Transfer.run(() -> open(key, file), target, file.size());
            verifier.written(target, file);
        }
    }

    private static String action(ModelKeys keys, VersionRow row) {
        return "materialize '" + keys.name() + ":" + row.version() + "'";
    }

    /** Streams a stored file, checked. */
    InputStream open(StorageKey key, ArtifactFile file) throws IOException {
        try {
            Optional<InputStream> cached =
                    cache == null ? Optional.empty() : cache.open(new CachedFile(key, file), verifier);
            if (cached.isPresent()) {
                return cached.get();
            }
            return new VerifyingStream(node.open(key).stream(), key.value(), file.size(), file.digest());
        } catch (NoSuchKeyException e) {
            throw new CorruptionException(key.value(), "it is missing", e);
        }
    }

    /** Deletes the copies. */
    void close() {
        temporary.close();
    }
}
