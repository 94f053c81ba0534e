package io.modelregistry.cache;

import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.ModelRegistry;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;

/**
 * Which folder of this host keeps what was read of a remote store, and how it is used. Immutable; it does nothing until
 * a registry is opened with it.
 *
 * <p>Any number of registries and processes of one user may share a folder, also over different stores: files are kept
 * by their content. The folder must belong to the user of the process, and nobody else may be able to write it; it is
 * created with permissions 700. Opening a registry with a folder that cannot be trusted or written fails with a
 * {@link io.modelregistry.registry.LocalCacheException}.
 *
 * <p>Every file is checked against its sealed digest once by each open registry; what is damaged is fetched again.
 */
public final class LocalCache {
    /** The bound unless another one is set: 10 GiB. */
    public static final long DEFAULT_MAX_BYTES = 10L << 30;

    private final Path folder;
    private final long maxBytes;
    private final Offline offline;
    private final Optional<OfflineListener> listener;

    private LocalCache(Path folder, long maxBytes, Offline offline, Optional<OfflineListener> listener) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.offline = offline;
        this.listener = listener;
    }

    /** A cache in a folder of its own, which is created when it is missing, on a disk of this host. */
    public static LocalCache at(Path folder) {
        return new LocalCache(folder.toAbsolutePath(), DEFAULT_MAX_BYTES, Offline.FAIL, Optional.empty());
    }

    /**
     * The same with another bound on what the folder holds; processes that share a folder should agree on it. What was
     * used least recently is deleted to stay below it, but never what an open registry of any process uses: what then
     * finds no room is refused with a {@link io.modelregistry.registry.LocalCacheException}.
     *
     * @throws InvalidValueException if it is not positive
     */
    public LocalCache maxBytes(long bytes) {
        if (bytes < 1) {
            throw new InvalidValueException("bound of the cache", Long.toString(bytes), "it is not positive", "bytes");
        }
        return new LocalCache(folder, bytes, offline, listener);
    }

    /** The same with another answer to a store that cannot be reached; by default {@link Offline#FAIL}. */
    public LocalCache offline(Offline answer) {
        return new LocalCache(folder, maxBytes, Objects.requireNonNull(answer, "answer"), listener);
    }

    /** The same with a listener that hears when registries opened with it go offline. */
    public LocalCache listener(OfflineListener hearing) {
        return new LocalCache(folder, maxBytes, offline, Optional.of(hearing));
    }

    /** The folder, absolute. */
    public Path folder() {
        return folder;
    }

    /** How many bytes it may hold. */
    public long maxBytes() {
        return maxBytes;
    }

    /** What is done without the store. */
    public Offline offline() {
        return offline;
    }

    /** Who hears of it. */
    public Optional<OfflineListener> listener() {
        return listener;
    }

    /**
     * Brings versions to this host, so that they can be loaded without the store, as long as they are not displaced:
     * the registry's cache keeps them at least until the registry is closed.
     *
     * @throws io.modelregistry.model.RegistryException what {@link Artifacts#materialize} throws, for the first version
     *     that fails
     */
    public static Prefetched prefetch(ModelRegistry registry, Collection<ModelRef> refs) {
        int files = 0;
        long bytes = 0;
        for (ModelRef ref : refs) {
            Artifacts artifacts = registry.artifacts(ref);
            artifacts.materialize();
            files += artifacts.files().size();
            bytes += artifacts.files().stream().mapToLong(ArtifactFile::size).sum();
        }
        return new Prefetched(refs.size(), files, bytes);
    }
}
