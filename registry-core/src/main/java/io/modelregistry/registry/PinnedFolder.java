package io.modelregistry.registry;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A local folder with the checked files of a version, which stays until it is closed, or the registry is. A copy that
 * nobody has pinned any more gives its place back, so that a service that rolls from version to version does not fill
 * its disk. Thread-safe; closing it again does nothing.
 */
public final class PinnedFolder implements AutoCloseable {
    private final Path path;
    private final Runnable unpin;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A pinned folder, for who implements a registry.
     *
     * @param unpin called once, when the folder is closed
     */
    public PinnedFolder(Path path, Runnable unpin) {
        this.path = Objects.requireNonNull(path, "path");
        this.unpin = Objects.requireNonNull(unpin, "unpin");
    }

    /** The folder; for reading. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            unpin.run();
        }
    }

    @Override
    public String toString() {
        return "PinnedFolder[" + path.getFileName() + (closed.get() ? ", closed]" : "]");
    }
}
