package io.modelregistry.storage.fs;

import io.modelregistry.ModelRegistries;
import io.modelregistry.cache.LocalCache;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Another process that materializes versions through a cache, and prints a line for each step. */
final class CacheWorker {
    static final String READY = "ready";

    private CacheWorker() {}

    /** A folder that is not on this host as far as anybody can tell; it says what is transferred, which takes time. */
    static final class RemoteFolder extends ForwardingNode {
        private final long pauseNanos;

        /** Waits so long for each piece of a file. */
        RemoteFolder(StorageNode node, long pauseNanos) {
            super(node);
            this.pauseNanos = pauseNanos;
        }

        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            Optional<OpenObject> opened = super.open(key, range, unlessEtag);
            if (opened.isEmpty() || key.value().endsWith(".json")) {
                return opened;
            }
            say("transfer " + key.name());
            return opened.map(object -> new OpenObject(object.object(), new FilterInputStream(object.stream()) {
                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    LockSupport.parkNanos(pauseNanos);
                    return super.read(buffer, offset, Math.min(length, 64 << 10));
                }
            }));
        }
    }

    /** Arguments: the root, the cache, its bound, the pause for each piece of a file, the versions. */
    public static void main(String[] arguments) throws Exception {
        try (FileSystemStorageNode files = FileSystemStorageNode.at(Path.of(arguments[0]));
                RemoteFolder node = new RemoteFolder(files, Long.parseLong(arguments[3]));
                ModelRegistry registry = ModelRegistries.builder(node)
                        .cache(LocalCache.at(Path.of(arguments[1])).maxBytes(Long.parseLong(arguments[2])))
                        .open()) {
            say(READY);
            if (System.in.read() < 0) {
                return;
            }
            for (String version : List.of(arguments).subList(4, arguments.length)) {
                try {
                    say("has " + registry.artifacts(version).materialize());
                } catch (RegistryException e) {
                    say("failed " + e.code() + " " + e.getMessage());
                }
            }
            say("done");
            if (System.in.read() < 0) {
                return; // Holds what it uses until it is let go.
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
