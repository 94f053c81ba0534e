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
 * It is held while the lock is tried and while the action runs, not while another process is waited for: those who wait
 * do not wait for each other, and each can give up and be interrupted.
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
        /** Asked after each pause; what it throws ends the wait. */
        boolean isWorthWaiting() throws IOException;
    }

    /**
     * Runs an action while nobody else on this host holds the lock. An interrupt ends the wait for another process.
     *
     * @param patience asked now and then; when it says no, the action runs without the lock
     */
    <T> T holding(Patience patience, Action<T> action) throws IOException {
        boolean waiting = true;
        for (long pause = SHORTEST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
            synchronized (name.intern()) {
                // Closing the channel releases the lock. When another process has it, there is none of ours to lose.
                try (FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    if (!waiting || mayRun(channel, patience)) {
                        return action.run();
                    }
                }
            }
            pause(pause);
            waiting = patience.isWorthWaiting();
        }
    }

    /** Whether the lock was taken, or is not worth waiting for; false while another process has it. */
    private static boolean mayRun(FileChannel channel, Patience patience) throws IOException {
        while (true) {
            try {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException e) {
                // Somebody in this process locked it by other means; closing our channel would drop that lock.
                pause(LONGEST_PAUSE);
                if (!patience.isWorthWaiting()) {
                    return true;
                }
            }
        }
    }

    private static void pause(long nanos) throws IOException {
        LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while another process fills the cache");
        }
    }
}
