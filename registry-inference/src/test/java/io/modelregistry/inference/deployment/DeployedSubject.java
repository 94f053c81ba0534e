package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.monitor.ServedRequest;
import io.modelregistry.inference.onnx.OnnxPredictorProvider;
import io.modelregistry.inference.onnx.TellingModels;
import io.modelregistry.inference.runtime.BatchingOptions;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** A deployment of models that ONNX Runtime runs, over a store in memory. */
final class DeployedSubject implements SwapSubject {
    private static final int VERSIONS = 5;
    private static final Duration STEP = Duration.ofMillis(5);

    private final StorageNode node = new InMemoryStorageNode();
    private final ModelRegistry registry =
            ModelRegistries.builder(node).leaveNodeOpen().open();
    private final SessionCount sessions = new SessionCount();
    private final List<Predictor> bare = new ArrayList<>();
    private final LongAdder told = new LongAdder();
    private final Manner manner;
    private final Deployments deployments;
    private final Deployment deployment;
    private int swaps;

    /** How it serves and changes. */
    enum Manner {
        /** Without a queue; the next version is loaded before the old one goes. */
        PLAIN,
        /** With a queue that forms batches. */
        BATCHING,
        /** Every other time by a canary, some of which are aborted. */
        CANARY,
        /** The old version goes before the next one is loaded. */
        UNLOAD_FIRST
    }

    DeployedSubject(Manner manner) throws IOException {
        this.manner = manner;
        for (int version = 0; version < VERSIONS; version++) {
            registry.register(Registration.of("telling")
                    .file("model.onnx", TellingModels.perceptron(version))
                    .framework("onnx", "1")
                    .version(reference(version).substring("telling:".length()))
                    .build());
            bare.add(Predictors.load(registry, reference(version)));
        }
        deployments = Deployments.builder(registry)
                .instance("storm")
                .pollInterval(STEP)
                .metrics(this::tell)
                .open();
        deployment = deployments.deploy("storm", reference(0), options());
    }

    private DeploymentOptions options() {
        DeploymentOptions.Builder options = DeploymentOptions.builder()
                .load(LoadOptions.builder()
                        .provider(new CountingProvider(new OnnxPredictorProvider(), sessions))
                        .build());
        return switch (manner) {
            case PLAIN, CANARY -> options.build();
            case BATCHING ->
                options.batching(BatchingOptions.builder()
                                .use(BatchingOptions.Use.ALWAYS)
                                .build())
                        .build();
            case UNLOAD_FIRST ->
                options.swapOrder(DeploymentOptions.SwapOrder.UNLOAD_FIRST).build();
        };
    }

    private static String reference(int version) {
        return "telling:" + (version + 1) + ".0.0";
    }

    private void tell(ServedRequest request) {
        if (request.outcome() == ServedRequest.Outcome.SUCCESS) {
            told.increment();
        }
    }

    /** How many answers the metrics heard of. */
    long told() {
        return told.sum();
    }

    @Override
    public int versions() {
        return VERSIONS;
    }

    @Override
    public float[] expected(int version, Tensors row) {
        return bare.get(version).predict(row).get("y").floats();
    }

    private static Answer answer(Prediction prediction) {
        return new Answer(
                Integer.parseInt(prediction.version().version().toString().split("\\.", 2)[0]) - 1,
                prediction.outputs().get("y").floats());
    }

    @Override
    public Answer predict(Tensors row) {
        return answer(deployment.predict(row));
    }

    @Override
    public CompletableFuture<Answer> predictAsync(Tensors row) {
        return deployment.predictAsync(row, RequestContext.none()).thenApply(DeployedSubject::answer);
    }

    @Override
    public List<Answer> predictBatch(List<Tensors> rows) {
        return deployment.predictBatch(rows, RequestContext.none()).stream()
                .map(Outcome::orThrow)
                .map(DeployedSubject::answer)
                .toList();
    }

    @Override
    public void swap(int version) {
        swaps++;
        if (manner == Manner.CANARY && swaps % 2 == 0) {
            rollOut(version);
        }
        deployment.swap(reference(version), "swap " + swaps);
    }

    private void rollOut(int version) {
        boolean isAborted = swaps % 8 == 0;
        Rollout rollout = Rollout.canary(10, 50).every(STEP);
        deployment.rollOut(reference(version), isAborted ? rollout.hold() : rollout, "canary " + swaps);
        if (isAborted) {
            deployment.abort("enough seen");
            return;
        }
        await().pollInterval(STEP).until(() -> {
            deployment.reload();
            return deployment.snapshot().state().rollout().isEmpty();
        });
        assertThat(deployment.snapshot().state().primary()).hasToString(reference(version));
    }

    @Override
    public SessionCount sessions() {
        return sessions;
    }

    @Override
    public void close() {
        deployments.close();
        bare.forEach(Predictor::close);
        registry.close();
        node.close();
    }
}
