package io.modelregistry.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.PredictorClosedException;
import io.modelregistry.inference.Tensors;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Handles. Isolated, because what they load is shared by the whole JVM and one test closes all of it. */
@Isolated
final class SharedPredictorTest {
    private static final Map<String, InMemoryStorageNode> STORES = new ConcurrentHashMap<>();
    private static final Map<String, AtomicInteger> OPENED = new ConcurrentHashMap<>();
    private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

    private final String store = "store-" + System.identityHashCode(this);

    /** Opens a store of this JVM by its name, as a shipped one would by its URI. */
    private static ModelRegistry open(String name) {
        OPENED.get(name).incrementAndGet();
        if (BROKEN.contains(name)) {
            throw new IllegalStateException("the store is away");
        }
        return ModelRegistries.builder(STORES.get(name)).leaveNodeOpen().open();
    }

    @BeforeEach
    void register() {
        STORES.put(store, new InMemoryStorageNode());
        OPENED.put(store, new AtomicInteger());
        try (ModelRegistry registry = open(store)) {
            registry.register(Registration.of("digits", Fixtures.model("digits-mlp.onnx"))
                    .version("1.0.0")
                    .build());
            registry.promote("digits:1.0.0", Stage.PRODUCTION);
        }
    }

    @AfterEach
    void close() {
        SharedPredictor.closeAll();
        STORES.remove(store).close();
    }

    private SharedPredictor shared() {
        String name = store;
        return SharedPredictor.of(() -> open(name), "digits@production", LoadOptions.defaults());
    }

    private static byte[] serialised(SharedPredictor shared) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(shared);
        }
        return bytes.toByteArray();
    }

    private static SharedPredictor shipped(SharedPredictor shared) throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(serialised(shared)))) {
            return (SharedPredictor) in.readObject();
        }
    }

    @Test
    void aHandleIsPinnedWhenItIsMade() throws Exception {
        SharedPredictor shared = shared();
        try (ModelRegistry registry = open(store)) {
            registry.register(Registration.of("digits", Fixtures.model("digits-forest.onnx"))
                    .version("2.0.0")
                    .build());
            registry.promote("digits:2.0.0", Stage.PRODUCTION);
            assertThat(shared.ref().toString())
                    .isEqualTo(
                            "digits:1.0.0@" + registry.resolve("digits:1.0.0").manifestDigest());
        }
        assertThat(shipped(shared).predictor().description().model()).startsWith("digits:1.0.0");
    }

    @Test
    void manyCopiesAndThreadsLoadOnce() throws Exception {
        SharedPredictor shared = shared();
        OPENED.get(store).set(0);
        CyclicBarrier together = new CyclicBarrier(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Predictor>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                SharedPredictor copy = shipped(shared);
                assertThat(copy).isEqualTo(shared).hasSameHashCodeAs(shared);
                calls.add(threads.submit(() -> {
                    together.await();
                    return copy.predictor();
                }));
            }
            Predictor first = calls.get(0).get();
            for (Future<Predictor> call : calls) {
                assertThat(call.get()).isSameAs(first);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(OPENED.get(store)).hasValue(1);
    }

    @Test
    void otherOptionsAreAnotherPredictor() {
        String name = store;
        LoadOptions two = LoadOptions.builder()
                .intraOpThreads(2)
                .warmUpRuns(1)
                .provider("onnxruntime")
                .primaryFile("digits-mlp.onnx")
                .engineOption("session.disable_prepacking", "1")
                .build();
        SharedPredictor other = SharedPredictor.of(() -> open(name), "digits", two);
        assertThat(other.options()).hasToString(two.toString());
        assertThat(other.options().findPrimaryFile()).contains("digits-mlp.onnx");
        assertThat(other.options().findProviderId()).contains("onnxruntime");
        assertThat(other).isNotEqualTo(shared());
        assertThat(other.predictor()).isNotSameAs(shared().predictor());
    }

    @Test
    void aFailedLoadIsTriedAgainByTheNextCaller() {
        SharedPredictor shared = shared();
        BROKEN.add(store);
        assertThatThrownBy(shared::predictor).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(shared::predictor).hasMessage("the store is away");
        BROKEN.remove(store);
        assertThat(shared.predictor().isClosed()).isFalse();
        assertThat(OPENED.get(store)).hasValue(1 + 1 + 2 + 1);
    }

    @Test
    void usersCannotCloseItAndCloseAllDoes() {
        SharedPredictor shared = shared();
        Predictor predictor = shared.predictor();
        predictor.close();
        Tensors digit = Tensors.of("input", Fixtures.digits(1));
        assertThat(predictor.predict(digit).get("label").longAt(0)).isEqualTo(Fixtures.labels(1)[0]);
        SharedPredictor.closeAll();
        assertThat(predictor.isClosed()).isTrue();
        assertThatThrownBy(() -> predictor.predict(digit)).isInstanceOf(PredictorClosedException.class);
        assertThat(shared.predictor()).isNotSameAs(predictor);
        assertThat(shared.predictor().predict(digit).get("label").longAt(0)).isEqualTo(Fixtures.labels(1)[0]);
    }

    @Test
    void noSecretAndNothingNativeIsShipped() throws IOException {
        SharedPredictor shared = shared();
        shared.predictor();
        byte[] bytes = serialised(shared);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("onnxruntime", "secret");
        assertThatThrownBy(() -> SharedPredictor.of(URI.create("s3://key:secret@bucket/models"), "digits"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use storage URI 's3:...': it holds credentials, which would be shipped,"
                        + " expected a URI without any");
        Object notSerialisable = new Object();
        assertThatThrownBy(() -> SharedPredictor.of(
                        () -> {
                            throw new IllegalStateException(notSerialisable.toString());
                        },
                        "digits",
                        LoadOptions.defaults()))
                .hasMessageContaining("NotSerializableException");
    }

    @Test
    void aReferenceThatLeadsNowhereFailsWhenTheHandleIsMade() {
        String name = store;
        assertThatThrownBy(() -> SharedPredictor.of(() -> open(name), "digits:9.0.0", LoadOptions.defaults()))
                .isInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void aFileIsScoredWithAHandle(@TempDir Path folder) throws IOException {
        SharedPredictor shared = shared();
        Path input = folder.resolve("in.jsonl");
        Files.writeString(input, "{\"input\":" + zeros() + "}\n");
        Path output = folder.resolve("out.jsonl");
        FileScoring.of(shared).from(input).to(output).run();
        assertThat(Files.readString(output)).startsWith("{\"row\":1,\"outputs\":{\"label\":");
        assertThat(Files.readString(folder.resolve("out.jsonl.progress")))
                .contains(shared.ref().toString());
    }

    /** What a job does: the handle is made here, the model moves on, and another JVM loads what the handle says. */
    @Test
    void aHandleLeadsAnotherProcessToTheVersionItWasMadeFor(@TempDir Path folder) throws Exception {
        SharedPredictor shared;
        try (ModelRegistry registry = ModelRegistries.open(folder.toUri())) {
            registry.register(Registration.of("digits", Fixtures.model("digits-mlp.onnx"))
                    .version("1.0.0")
                    .build());
            shared = SharedPredictor.of(folder.toUri(), "digits");
            registry.register(Registration.of("digits", Fixtures.model("digits-cnn.onnx"))
                    .version("2.0.0")
                    .build());
        }
        String printed =
                ScoringChild.run(64, List.of(ScoringChild.HANDLE, HexFormat.of().formatHex(serialised(shared))));
        assertThat(printed).endsWith("digits:1.0.0");
    }

    private static String zeros() {
        return new ArrayList<>(Collections.nCopies(64, 0)).toString();
    }
}
