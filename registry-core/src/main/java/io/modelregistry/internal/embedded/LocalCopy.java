package io.modelregistry.internal.embedded;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A folder with the files of a version that is made for this registry, and who uses it. It goes with its last user,
 * unless one of them wants it for good. Thread-safe.
 */
final class LocalCopy {
    private final FutureTask<Path> making;
    private volatile @Nullable Path made;
    private int users;
    private boolean isForGood;
    private boolean isGone;

    LocalCopy(Callable<Path> maker) {
        making = new FutureTask<>(() -> {
            Path folder = maker.call();
            made = folder;
            return folder;
        });
    }

    /** Gives the folder; to be run by whoever asked first. */
    FutureTask<Path> making() {
        return making;
    }

    /** The folder, if it came to be made. */
    Optional<Path> findFolder() {
        return Optional.ofNullable(made);
    }

    /** The folder of a copy that was made. */
    Path folder() {
        return Objects.requireNonNull(made, "made");
    }

    /** Registers a user; false if the last one has left. Each success needs one {@link #leave}. */
    synchronized boolean enter() {
        if (!isGone) {
            users++;
        }
        return !isGone;
    }

    /** Keeps it until the registry is closed; the caller is a user. */
    synchronized void keep() {
        isForGood = true;
    }

    /** True if this was the last user, who then has to delete the folder. */
    synchronized boolean leave() {
        users--;
        isGone = users == 0 && !isForGood;
        return isGone;
    }
}
