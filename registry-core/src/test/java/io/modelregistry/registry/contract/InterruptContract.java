package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** An interrupt ends a call with a typed error or not at all, and leaves nothing half done. */
abstract class InterruptContract extends RegistrySubject {
    private static final int LARGE = 9 << 20;

    private static Map<String, Consumer<ModelRegistry>> calls() {
        return Map.of(
                "register", on -> on.register(registration("iris", "x")),
                "register a large file",
                        on -> on.register(Registration.of("iris")
                                .file("m", new byte[LARGE])
                                .build()),
                "upload", InterruptContract::upload,
                "promote", on -> on.promote("iris:1.0.0", Stage.PRODUCTION),
                "set an alias", on -> on.aliases("iris").set("champion", "1.0.0"),
                "attach", on -> on.attachments("iris:1.0.0").add("scan", "text/plain", bytes("fine")),
                "materialize", on -> on.artifacts("iris:1.0.0").materialize(),
                "resolve", on -> on.resolve("iris:1.0.0"));
    }

    private static void upload(ModelRegistry on) {
        try (Upload upload = on.upload(Registration.of("iris").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), bytes("y")));
            upload.seal();
        }
    }

    @Test
    void aThreadThatIsInterruptedBeforeOrAtAnyWriteGetsATypedErrorAndTheStoreStaysSound() throws IOException {
        register("iris", "1.0.0", "a");
        for (Map.Entry<String, Consumer<ModelRegistry>> call : calls().entrySet()) {
            for (int write = 0; write < 8; write++) {
                interruptedAt(write, call.getKey(), call.getValue());
            }
        }
        assertThat(RegistryMaintenance.over(node).verify().isSound()).isTrue();
    }

    private void interruptedAt(int write, String what, Consumer<ModelRegistry> call) {
        AtomicInteger writes = new AtomicInteger();
        ModelRegistry on = fresh(new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (writes.incrementAndGet() == write) {
                    Thread.currentThread().interrupt();
                }
                return super.write(key, content, condition);
            }
        });
        if (write == 0) {
            Thread.currentThread().interrupt();
        }
        try {
            call.accept(on);
        } catch (RegistryException e) {
            assertThat(e.code())
                    .as("%s, interrupted at write %s: %s", what, write, e)
                    .isIn(ErrorCode.TIMEOUT, ErrorCode.OUTCOME_UNKNOWN);
        } finally {
            boolean kept = Thread.interrupted();
            assertThat(kept || writes.get() < write)
                    .as("%s keeps the interrupt", what)
                    .isTrue();
        }
        call.accept(fresh());
    }

    @Test
    void aCallThatWaitsForItsTurnIsEndedByAnInterrupt() throws Exception {
        register("iris", "1.0.0", "a");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        ModelRegistry slow = fresh(new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (key.value().endsWith("_model.json")) {
                    inside.countDown();
                    try {
                        leave.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                return super.write(key, content, condition);
            }
        });
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> first = threads.submit(() -> slow.aliases("iris").set("one", "1.0.0"));
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
            Thread waiting = Thread.currentThread();
            threads.submit(() -> {
                while (waiting.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                waiting.interrupt();
            });
            assertRefused(
                    () -> slow.aliases("iris").set("two", "1.0.0"),
                    RegistryException.class,
                    ErrorCode.TIMEOUT,
                    "set alias 'two' of 'iris'",
                    "the thread was interrupted");
            assertThat(Thread.interrupted()).isTrue();
            leave.countDown();
            first.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(fresh().getModel("iris").aliases().keySet())
                .hasToString(List.of("one").toString());
    }
}
