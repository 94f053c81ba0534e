package io.modelregistry.internal.cache;

import io.modelregistry.internal.cache.CacheSettings.Reach;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.OfflineException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageUnreachableException;
import io.modelregistry.storage.WriteConflictException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store can be reached, as far as the last calls tell. While it cannot, it is asked again only now and
 * then, so that not every read waits for a timeout. Thread-safe.
 */
final class Connection {
    /** How long the store is not asked after a call that did not reach it. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final CacheSettings settings;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Lost> lost = new AtomicReference<>();

    private record Lost(long atNanos, IOException why) {}

    Connection(CacheSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Says so if the store is never asked. */
    void begin() {
        if (settings.reach() == Reach.CACHE_ONLY) {
            LOG.warn("The registry is offline: it answers from the local cache alone, as its host asked for");
            settings.reports().offline("the host asked for it");
        }
    }

    /**
     * Whether to ask the store now. While it is lost, one caller at a time is told so; the others need not wait for
     * what comes of it.
     */
    boolean isAsked() {
        if (settings.reach() == Reach.CACHE_ONLY) {
            return false;
        }
        Lost known = lost.get();
        if (known == null) {
            return true;
        }
        long now = nanoTime.getAsLong();
        return now - known.atNanos >= PAUSE.toNanos() && lost.compareAndSet(known, new Lost(now, known.why));
    }

    /** The store answered, with whatever it was. */
    void answered() {
        if (lost.getAndSet(null) != null) {
            LOG.info("The store answers again; the registry is no longer offline");
            settings.reports().online();
        }
    }

    /**
     * Takes note of a failed call: true if it did not reach the store, and the cache is to answer instead. That an
     * object is missing or was changed meanwhile is an answer of the store; any other failure says neither.
     */
    boolean isLost(IOException e) {
        if (settings.reach() != Reach.CACHE_IF_UNREACHABLE) {
            return false;
        }
        if (!isUnreachable(e)) {
            if (e instanceof NoSuchKeyException || e instanceof WriteConflictException) {
                answered(); // Other failures may have been made on this host.
            }
            return false;
        }
        if (lost.getAndSet(new Lost(nanoTime.getAsLong(), e)) == null) {
            LOG.warn(
                    "The store cannot be reached; the registry is offline and answers from the local cache: {}",
                    e.toString());
            settings.reports().offline(String.valueOf(e.getMessage()));
        }
        return true;
    }

    /**
     * Whether no answer came, as opposed to one that says no. What the registry has made of a failure is not one of the
     * store, whatever its own cause is.
     */
    private static boolean isUnreachable(IOException e) {
        for (Throwable cause = e; cause != null && !(cause instanceof RegistryException); cause = cause.getCause()) {
            if (cause instanceof StorageUnreachableException
                    || cause instanceof SocketException
                    || cause instanceof UnknownHostException
                    || cause instanceof SocketTimeoutException
                    || cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    /** What cannot be done without the store, as a failure of the store. */
    IOException refused(String action, String why, @Nullable IOException failed) {
        Lost known = lost.get();
        IOException cause = failed == null && known != null ? known.why : failed;
        OfflineException offline = new OfflineException(action, why, cause);
        return new IOException(offline.getMessage(), offline);
    }
}
