package io.modelregistry.internal.cache;

import io.modelregistry.internal.store.FileVerifier;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.VerifyingStream;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of versions in a cache, by their content. Thread-safe. */
public final class CachedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(CachedFiles.class);
    private static final int ATTEMPTS = 10;

    private final StorageNode node;
    private final CacheFolder cache;
    private final Session session;
    private final Quota quota;

    CachedFiles(StorageNode node, CacheFolder cache, Session session, Quota quota) {
        this.node = node;
        this.cache = cache;
        this.session = session;
        this.quota = quota;
    }

    /**
     * Makes a folder of this session with the files, fetching what is not in the cache. Each was checked by the
     * verifier or while it was fetched. What is damaged in the cache is fetched again.
     *
     * <p>Empty if the disk of the cache takes no folder and the cache has all that is wanted: without a link a file is
     * not in use, and somebody may delete it, so it is for the caller to copy what {@link #open} gives.
     *
     * @param what names the version in errors
     */
    public Optional<Path> place(String what, List<CachedFile> files, FileVerifier verifier) throws IOException {
        Map<Digest, Long> sizes = new HashMap<>();
        files.forEach(file -> sizes.put(file.file().digest(), file.file().size()));
        quota.checkFits(what, sizes.values().stream().mapToLong(Long::longValue).sum());
        try {
            Path folder = session.folder().resolve("files-" + UUID.randomUUID());
            cache.create(folder);
            return Optional.of(place(folder, files, verifier));
        } catch (Transfer.StoreFailure e) {
            throw e.failure();
        } catch (IOException e) {
            if (!CacheFolder.isDiskFailure(e) || isEnded(e) || !hasAll(files, verifier, e)) {
                throw failure(e);
            }
            LOG.warn(
                    "The disk of the local cache takes nothing at the moment; copying {} to the temporary folder: {}",
                    what,
                    e.toString());
            return Optional.empty();
        }
    }

    private boolean hasAll(List<CachedFile> files, FileVerifier verifier, IOException failed) {
        try {
            for (CachedFile file : files) {
                if (!isSound(file, cache.content(file.file().digest()), verifier)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            failed.addSuppressed(e);
            return false;
        }
    }

    private boolean isEnded(IOException e) {
        return session.isClosed() || StoreErrors.isInterruption(e);
    }

    /**
     * Whether a folder that was placed is in use as others see it. What somebody has deleted of the session is made
     * again for that; a folder that is not one of this cache is left to its owner.
     */
    public boolean isInUse(Path folder) {
        if (!folder.startsWith(cache.root())) {
            return true;
        }
        try {
            return folder.startsWith(session.folder());
        } catch (IOException e) {
            LOG.warn("Cannot tell others that '{}' is in use", folder.getFileName(), e);
            return false;
        }
    }

    /**
     * Deletes a folder that was placed. Its files count as used now; what was known of them is known further on,
     * although they lose a link.
     */
    public void release(Path folder, List<ArtifactFile> files, FileVerifier verifier) throws IOException {
        List<Path> known = new ArrayList<>();
        try {
            for (ArtifactFile file : files) {
                Path used = folder.resolve(file.path().value());
                if (verifier.isVerified(used, file)) {
                    known.add(cache.content(file.digest()));
                }
                session.touch(used);
            }
        } catch (IOException | CorruptionException e) {
            LOG.debug("What is given back of the local cache was changed by others", e);
        }
        HeldFolder.delete(folder);
        for (Path content : known) {
            try {
                verifier.linked(content);
            } catch (CorruptionException e) {
                LOG.debug("{} was deleted by somebody else", content.getFileName(), e); // It is no longer in use.
            }
        }
    }

    private Path place(Path folder, List<CachedFile> files, FileVerifier verifier) throws IOException {
        boolean complete = false;
        try {
            for (CachedFile file : files) {
                Path target = folder.resolve(file.file().path().value());
                cache.createFolderOf(target);
                provide(file, target, verifier);
            }
            complete = true;
            return folder;
        } finally {
            if (!complete) {
                HeldFolder.delete(folder);
            }
        }
    }

    /** The cached copy of a file, checked, if there is a sound one. */
    public Optional<InputStream> open(CachedFile file, FileVerifier verifier) throws IOException {
        Path content = cache.content(file.file().digest());
        if (!isSound(file, content, verifier)) {
            return Optional.empty();
        }
        try {
            ArtifactFile sealed = file.file();
            return Optional.of(new VerifyingStream(
                    Files.newInputStream(content), file.key().value(), sealed.size(), sealed.digest()));
        } catch (NoSuchFileException e) {
            LOG.debug("{} was deleted from the local cache meanwhile", file.key(), e);
            return Optional.empty();
        }
    }

    private IOException failure(IOException e) {
        if (session.isClosed()) {
            throw new RegistryClosedException("use the local cache");
        }
        if (StoreErrors.isInterruption(e)) {
            return e;
        }
        throw cache.failed(e);
    }

    private void provide(CachedFile file, Path target, FileVerifier verifier) throws IOException {
        Path content = cache.content(file.file().digest());
        for (int attempt = 1; ; attempt++) {
            if (isSound(file, content, verifier) && take(content, target, verifier)) {
                return;
            }
            if (attempt > ATTEMPTS) {
                throw new NoSuchFileException(content.toString(), null, "others delete what is fetched");
            }
            if (fetch(file, target, verifier)) {
                return;
            }
        }
    }

    /** Whether a content is in the cache, and sound; one that is damaged is deleted. */
    private boolean isSound(CachedFile file, Path content, FileVerifier verifier) throws IOException {
        if (!Files.exists(content)) {
            return false;
        }
        try {
            verifier.verify(content.getFileName().toString(), content, file.file());
            return true;
        } catch (CorruptionException | NoSuchFileException e) {
            if (Files.exists(content)) {
                LOG.warn(
                        "The local cache holds a damaged copy of '{}'; it is fetched again: {}",
                        file.key(),
                        e.getMessage());
                Files.deleteIfExists(content);
            }
            return false;
        }
    }

    /** Gives a content a name in this session; false if it was deleted meanwhile. */
    private boolean take(Path content, Path target, FileVerifier verifier) throws IOException {
        try {
            if (cache.isLinking()) {
                Files.createLink(target, content);
                session.touch(target);
                verifier.linked(target);
            } else {
                copy(content, target);
            }
            return true;
        } catch (NoSuchFileException e) {
            LOG.debug("{} was deleted from the local cache meanwhile", content.getFileName(), e);
            return false;
        }
    }

    private void copy(Path content, Path target) throws IOException {
        long size = Files.size(content);
        Path filling = session.filling(size, "copy");
        try {
            quota.reserve("a copy", size, filling);
            Files.copy(content, filling, StandardCopyOption.REPLACE_EXISTING);
            session.touch(content);
            Files.move(filling, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(filling);
        }
    }

    /** Fetches a content; false if another thread or process has done so meanwhile. */
    private boolean fetch(CachedFile file, Path target, FileVerifier verifier) throws IOException {
        String name = file.file().digest().hex();
        FillProgress progress = new FillProgress(cache, name, System::nanoTime);
        return new CacheLock(cache, name).holding(progress, () -> {
            try {
                if (isSound(file, cache.content(file.file().digest()), verifier)) {
                    return false;
                }
                Path filling = session.filling(file.file().size(), name);
                try {
                    quota.reserve("'" + file.key() + "'", file.file().size(), filling);
                    Transfer.run(() -> opened(file), filling, file.file().size());
                    publish(file.file(), filling, target, verifier);
                } finally {
                    Files.deleteIfExists(filling);
                }
                return true;
            } finally {
                Files.deleteIfExists(cache.lock(name)); // It only spares downloads, so a second one may be made.
            }
        });
    }

    /** A file of the store, checked on its way. */
    private InputStream opened(CachedFile file) throws IOException {
        try {
            return new VerifyingStream(
                    node.open(file.key()).stream(),
                    file.key().value(),
                    file.file().size(),
                    file.file().digest());
        } catch (NoSuchKeyException e) {
            throw new CorruptionException(file.key().value(), "it is missing", e);
        }
    }

    /** The file is in use from before it is visible to others, so that nobody deletes it in between. */
    private void publish(ArtifactFile file, Path filling, Path target, FileVerifier verifier) throws IOException {
        if (cache.isLinking()) {
            Files.setPosixFilePermissions(filling, PosixFilePermissions.fromString("r--------"));
        }
        Path content = cache.content(file.digest());
        cache.createFolderOf(content);
        if (cache.isLinking()) {
            try {
                Files.createLink(content, filling);
            } catch (FileAlreadyExistsException e) {
                LOG.debug("Another process has fetched {}, too", content.getFileName(), e);
            }
            Files.move(filling, target, StandardCopyOption.ATOMIC_MOVE);
            verifier.written(target, file);
        } else {
            copy(filling, target);
            Files.move(filling, content, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
