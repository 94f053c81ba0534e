package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelregistry.ModelRegistries;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.StorageNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the parts of the contract share: a registry over an empty node, and words for what is done with it. */
abstract class RegistrySubject {
    protected final TestClock clock = new TestClock();
    protected final List<RegistryEvent> heard = new CopyOnWriteArrayList<>();
    protected StorageNode node;
    protected ModelRegistry registry;
    private final List<ModelRegistry> opened = new ArrayList<>();

    /** Opens a node over a store that holds nothing. */
    protected abstract StorageNode openEmpty() throws Exception;

    @BeforeEach
    final void openRegistry() throws Exception {
        node = openEmpty();
        registry = opened(
                ModelRegistries.builder(node).leaveNodeOpen().clock(clock).listener(heard::add));
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(ModelRegistry::close);
        node.close();
    }

    /** Opens a registry that the test need not close. */
    protected final ModelRegistry opened(ModelRegistries.Builder builder) {
        ModelRegistry open = builder.open();
        opened.add(open);
        return open;
    }

    /** Another registry over the same store, which remembers nothing, as another process would open it. */
    protected final ModelRegistry fresh() {
        return fresh(node);
    }

    protected final ModelRegistry fresh(StorageNode over) {
        return opened(ModelRegistries.builder(over).leaveNodeOpen().clock(clock));
    }

    /** Ids that are told apart by a number, the same in each run. */
    protected static Supplier<String> countedIds() {
        AtomicLong next = new AtomicLong();
        return () -> "id-" + next.incrementAndGet();
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static ModelName name(String text) {
        return ModelName.parse(text);
    }

    protected static Registration registration(String model, String content) {
        return Registration.of(model).file("model.bin", bytes(content)).build();
    }

    protected static Registration registration(String model, String version, String content) {
        return Registration.of(model)
                .version(version)
                .file("model.bin", bytes(content))
                .build();
    }

    protected final RegisteredVersion register(String model, String content) {
        return registry.register(registration(model, content));
    }

    protected final RegisteredVersion register(String model, String version, String content) {
        return registry.register(registration(model, version, content));
    }

    /** Asserts that a call is refused with a type, a code and words in its message, and that no stored byte changed. */
    protected final RegistryException assertRefused(
            ThrowingCallable call, Class<? extends RegistryException> type, ErrorCode code, String... words) {
        Snapshot before = Snapshot.of(node);
        Throwable refusal = catchThrowable(call);
        assertThat(refusal).isExactlyInstanceOf(type).hasMessageStartingWith("Cannot ");
        for (String word : words) {
            assertThat(refusal).hasMessageContaining(word);
        }
        RegistryException refused = (RegistryException) refusal;
        assertThat(refused.code()).isEqualTo(code);
        boolean interrupted = Thread.interrupted(); // A store may refuse to be read by an interrupted thread.
        assertThat(Snapshot.of(node)).isEqualTo(before);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return refused;
    }

    protected static List<String> versionsOf(ModelRegistry of, String model) {
        return of.versions(name(model), io.modelregistry.registry.VersionQuery.all()).items().stream()
                .map(summary -> summary.version().toString())
                .toList();
    }
}
