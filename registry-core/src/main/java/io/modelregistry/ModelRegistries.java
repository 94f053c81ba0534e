package io.modelregistry;

import io.modelregistry.cache.LocalCache;
import io.modelregistry.event.RegistryListener;
import io.modelregistry.internal.cache.CacheSettings;
import io.modelregistry.internal.cache.CachingNode;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.embedded.EmbeddedRegistry;
import io.modelregistry.internal.embedded.Settings;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.model.Caller;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.serialization.Serializers;
import io.modelregistry.storage.LocalFiles;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageNodeProvider;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens registries. */
public final class ModelRegistries {
    private ModelRegistries() {}

    /** Opens the registry in a store with the defaults; closing it closes the node. */
    public static ModelRegistry open(StorageNode node) {
        return builder(node).open();
    }

    /**
     * Opens the registry at a URI, such as {@code file:/var/models}, with the defaults.
     *
     * @throws InvalidValueException if no {@link StorageNodeProvider} on the class path opens its scheme, or more than
     *     one does
     */
    public static ModelRegistry open(URI uri) {
        return open(node(uri));
    }

    /**
     * Opens the registry that variables name, usually those of {@link System#getenv()}; see
     * {@link RegistryEnvironment}.
     *
     * @throws InvalidValueException if {@code MODEL_REGISTRY_STORAGE} is not set, or a variable cannot be understood
     */
    public static ModelRegistry fromEnvironment(Map<String, String> variables) {
        return RegistryEnvironment.of(variables).open();
    }

    static StorageNode node(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        List<StorageNodeProvider> found = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (StorageNodeProvider provider : ServiceLoader.load(StorageNodeProvider.class)) {
            known.add(provider.scheme());
            if (provider.scheme().equals(scheme)) {
                found.add(provider);
            }
        }
        if (found.size() != 1) {
            throw new InvalidValueException(
                    "storage URI",
                    scheme + ":...",
                    found.size() + " storage providers open this scheme",
                    "a scheme with one provider, of " + known);
        }
        try {
            return found.get(0).open(uri);
        } catch (IOException e) {
            throw new StorageFailedException("open the store at '" + scheme + ":...'", e);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(
                    "storage URI", scheme + ":...", String.valueOf(e.getMessage()), "a URI of that provider's form");
        }
    }

    /** Begins to open a registry; closing it closes the node unless it says otherwise. */
    public static Builder builder(StorageNode node) {
        return new Builder(node);
    }

    /** Decides how a registry is opened; not thread-safe. */
    public static final class Builder {
        private static final Duration COMMIT_LIMIT = Duration.ofSeconds(60);
        private static final Duration LONGEST = Duration.ofDays(3650);

        private final StorageNode node;
        private boolean leaveNodeOpen;
        private Clock clock = Clock.systemUTC();
        private Supplier<String> ids = randomIds();
        private Duration commitLimit = COMMIT_LIMIT;
        private LifecyclePolicy policy = LifecyclePolicy.SIMPLE;
        private UploadLimits limits = UploadLimits.DEFAULT;
        private Serializers serializers = Serializers.discovered();
        private final List<RegistryListener> listeners = new ArrayList<>();
        private Duration freshness = Duration.ZERO;
        private @Nullable LocalCache cache;
        private Principal actor = Principal.user(System.getProperty("user.name", "unknown"));

        private Builder(StorageNode node) {
            this.node = Objects.requireNonNull(node, "node");
        }

        /** Closing the registry leaves the node to the host. */
        public Builder leaveNodeOpen() {
            leaveNodeOpen = true;
            return this;
        }

        /** The clock that dates changes; by default the system's. Safety does not depend on it. */
        public Builder clock(Clock source) {
            clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Where unique ids come from; by default 128 random bits. What it gives is 1 to 64 lower-case letters, digits
         * and {@code -}, and never the same twice, in any process.
         */
        public Builder ids(Supplier<String> source) {
            ids = Objects.requireNonNull(source, "source");
            return this;
        }

        /** How long a change tries again while others commit first; by default 60 seconds. */
        public Builder commitLimit(Duration limit) {
            commitLimit = bounded("commit limit", limit);
            return this;
        }

        /** The lifecycle of versions; by default {@link LifecyclePolicy#SIMPLE}. */
        public Builder policy(LifecyclePolicy lifecycle) {
            policy = Objects.requireNonNull(lifecycle, "lifecycle");
            return this;
        }

        /** How much a version may hold; by default {@link UploadLimits#DEFAULT}. */
        public Builder limits(UploadLimits most) {
            limits = Objects.requireNonNull(most, "most");
            return this;
        }

        /** What writes and reads objects; by default what {@link Serializers#discovered} finds. */
        public Builder serializers(Serializers known) {
            serializers = Objects.requireNonNull(known, "known");
            return this;
        }

        /** Adds a listener for the commits of this registry. */
        public Builder listener(RegistryListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * How long what was read of a model answers without asking the store, counted from the moment in which it was
         * asked for, so that another process's change is seen at most that much later; by default zero. Changes of this
         * registry are seen at once.
         */
        public Builder freshness(Duration bound) {
            freshness = bounded("freshness bound", bound);
            return this;
        }

        private static Duration bounded(String what, Duration duration) {
            if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
                throw new InvalidValueException(what, duration.toString(), "it is out of range", "zero to " + LONGEST);
            }
            return duration;
        }

        /**
         * Keeps what is read on this host; by default only what is in use, in temporary folders. Not used where the
         * store's objects are files of this host already ({@link LocalFiles}): these are used in place.
         */
        public Builder cache(LocalCache local) {
            cache = Objects.requireNonNull(local, "local");
            return this;
        }

        /** In whose name the registry acts; by default the user that the operating system names. */
        public Builder actor(Caller caller) {
            actor = caller.principal();
            return this;
        }

        /**
         * Opens the registry. Nothing is written before the first change.
         *
         * @throws io.modelregistry.registry.UnsupportedFormatException if the store was written by a newer version of
         *     the library
         * @throws io.modelregistry.registry.LocalCacheException if the folder of the cache cannot be used
         */
        public ModelRegistry open() {
            Environment environment = new Environment(clock, ids, Retries.within(commitLimit));
            Settings settings = new Settings(environment, policy, limits, serializers, listeners, freshness, actor);
            LocalCache local = cache;
            if (local != null && !(node instanceof LocalFiles)) {
                return EmbeddedRegistry.owning(cached(local), settings);
            }
            return leaveNodeOpen ? EmbeddedRegistry.borrowing(node, settings) : EmbeddedRegistry.owning(node, settings);
        }

        private CachingNode cached(LocalCache local) {
            CacheSettings settings = CacheWiring.settings(local, clock);
            if (leaveNodeOpen) {
                return CachingNode.borrowing(node, settings);
            }
            try {
                return CachingNode.owning(node, settings);
            } catch (RuntimeException e) {
                closeAfter(e);
                throw e;
            }
        }

        private void closeAfter(RuntimeException failure) {
            try {
                node.close();
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }

        static Supplier<String> randomIds() {
            SecureRandom random = new SecureRandom();
            return () -> {
                byte[] bits = new byte[16];
                random.nextBytes(bits);
                return HexFormat.of().formatHex(bits);
            };
        }
    }
}
