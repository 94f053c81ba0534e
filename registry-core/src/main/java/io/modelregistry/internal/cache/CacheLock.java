package io.modelregistry.internal.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock that the processes of a host share: a monitor for the threads of this process, then a lock of the operating
 * system, which a kill frees.
 *
 * <p>POSIX drops the locks of a process on a file as soon as it closes any descriptor of it, so a process must not have
 * two channels of a lock file, in whichever class loader. The monitor of an interned string is shared by all of them.
 */
final class CacheLock {
    private static final long SHORTEST_PAUSE = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMillis(20).toNanos();

    private final String name;
    private final Path file;

    CacheLock(CacheFolder folder, String name) throws IOException {
        this.name = CacheLock.class.getName() + ':' + folder.identity() + ':' + name;
        this.file = folder.lock(name);
    }

    /** What is done while the lock is held. */
    @FunctionalInterface
    interface Action<T> {
        /** Does it. */
        T run() throws IOException;
    }

    /** Whether to go on waiting for a lock. */
    @FunctionalInterface
    interface Patience {
        /** Asked after each pause. */
        boolean isWorthWaiting() throws IOException;
    }

    /**
     * Runs an action while nobody else on this host holds the lock. An interrupt ends the wait for another process.
     *
     * @param patience asked now and then; when it says no, the action runs without the lock
     */
    <T> T holding(Patience patience, Action<T> action) throws IOException {
        synchronized (name.intern()) {
            // Closing the channel releases the lock.
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                await(channel, patience);
                return action.run();
            }
        }
    }

    private static void await(FileChannel channel, Patience patience) throws IOException {
        long pause = SHORTEST_PAUSE;
        while (true) {
            if (tryLock(channel) || !patience.isWorthWaiting()) {
                return;
            }
            LockSupport.parkNanos(pause);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while another process fills the cache");
            }
            pause = Math.min(LONGEST_PAUSE, pause * 2);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // Somebody in this process locked it by other means; our channel stays open meanwhile.
        }
    }
}
