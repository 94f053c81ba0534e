package io.modelregistry.internal.cache;

import io.modelregistry.internal.cache.CacheSettings.Reach;
import io.modelregistry.internal.cache.CacheSettings.Reports;
import java.nio.file.Path;
import java.time.Clock;

/** Caches for tests. */
final class Caches {
    private Caches() {}

    static CacheSettings settings(Path folder) {
        return settings(folder, Reach.STORE, new Reports() {
            @Override
            public void offline(String why) {
                throw new AssertionError("Offline without being asked for: " + why);
            }

            @Override
            public void online() {
                throw new AssertionError("Online again");
            }
        });
    }

    static CacheSettings settings(Path folder, Reach reach, Reports reports) {
        return new CacheSettings(folder, 1L << 40, reach, reports, Clock.systemUTC());
    }
}
