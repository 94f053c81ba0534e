package io.modelregistry;

import io.modelregistry.cache.LocalCache;
import io.modelregistry.cache.Offline;
import io.modelregistry.cache.OfflineListener;
import io.modelregistry.internal.cache.CacheSettings;
import io.modelregistry.internal.cache.CacheSettings.Reach;
import io.modelregistry.internal.cache.CacheSettings.Reports;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the host says of a cache, in the words of its implementation. */
final class CacheWiring {
    private static final Logger LOG = LoggerFactory.getLogger(CacheWiring.class);

    private CacheWiring() {}

    static CacheSettings settings(LocalCache cache, Clock clock) {
        return new CacheSettings(
                cache.folder(), cache.maxBytes(), reach(cache.offline()), reports(cache.listener()), clock);
    }

    private static Reach reach(Offline offline) {
        return switch (offline) {
            case FAIL -> Reach.STORE;
            case SERVE_CACHED -> Reach.CACHE_IF_UNREACHABLE;
            case CACHE_ONLY -> Reach.CACHE_ONLY;
        };
    }

    private static Reports reports(Optional<OfflineListener> listener) {
        return new Reports() {
            @Override
            public void offline(String why) {
                listener.ifPresent(hearing -> told(() -> hearing.offline(why)));
            }

            @Override
            public void online() {
                listener.ifPresent(hearing -> told(hearing::online));
            }
        };
    }

    private static void told(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.warn("A listener of the local cache failed", e);
        }
    }
}
