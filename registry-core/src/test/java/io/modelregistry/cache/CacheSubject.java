package io.modelregistry.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A remote store, a cache folder, and registries over both. */
abstract class CacheSubject {
    @TempDir
    Path temporary;

    final RemoteNode remote = new RemoteNode(new InMemoryStorageNode());
    private final List<ModelRegistry> opened = new ArrayList<>();

    @AfterEach
    final void closeAll() {
        opened.forEach(ModelRegistry::close);
    }

    Path folder() {
        return temporary.resolve("cache");
    }

    LocalCache cache() {
        return LocalCache.at(folder());
    }

    /** A registry that remembers nothing, as another process would open it. */
    final ModelRegistry open(LocalCache cache) {
        ModelRegistry registry =
                ModelRegistries.builder(remote).leaveNodeOpen().cache(cache).open();
        opened.add(registry);
        return registry;
    }

    final ModelRegistry open() {
        return open(cache());
    }

    /** A registry of another host: without a cache. */
    final ModelRegistry elsewhere() {
        ModelRegistry registry = ModelRegistries.builder(remote).leaveNodeOpen().open();
        opened.add(registry);
        return registry;
    }

    /** Content that differs for each name. */
    static byte[] content(String name, int size) {
        byte[] bytes = new byte[size];
        new Random(name.hashCode()).nextBytes(bytes);
        return bytes;
    }

    /** Registers a version with one file. */
    final void register(String model, String version, int size) {
        try (ModelRegistry registry =
                ModelRegistries.builder(remote).leaveNodeOpen().open()) {
            registry.register(Registration.of(model)
                    .version(version)
                    .file("model.bin", content(model + version, size))
                    .build());
        }
        remote.requests();
    }

    /** How often files of versions were transferred since the last look. */
    final List<String> transfers() {
        return remote.requests().stream()
                .filter(request -> request.startsWith("read ") && !request.endsWith(".json"))
                .toList();
    }

    final List<Path> files(String part) throws IOException {
        try (Stream<Path> all = Files.walk(folder().resolve(part))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    static <T extends RegistryException> T refused(
            ThrowingCallable call, Class<T> type, ErrorCode code, String... words) {
        Throwable refusal = catchThrowable(call);
        assertThat(refusal).isExactlyInstanceOf(type).hasMessageStartingWith("Cannot ");
        for (String word : words) {
            assertThat(refusal).hasMessageContaining(word);
        }
        T refused = type.cast(refusal);
        assertThat(refused.code()).isEqualTo(code);
        return refused;
    }
}
