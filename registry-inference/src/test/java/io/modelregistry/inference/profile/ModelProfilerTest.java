package io.modelregistry.inference.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class ModelProfilerTest {
    private static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("x FP32[batch,1]"), TensorSpec.parse("y FP32[batch]"));
    private static final List<Tensors> ONE = List.of(Tensors.of("x", new float[][] {{1}}));
    private static final ProfileOptions SHORT = ProfileOptions.builder()
            .maxBatch(16)
            .maxThreads(2)
            .warmUp(Duration.ZERO)
            .measurement(Duration.ofMillis(5))
            .build();

    /** Time that passes only as a model computes: 1 ms a call, 1/10 ms a row, and 2 ms a row above 8. */
    private final AtomicLong now = new AtomicLong();

    private final List<Predictor> loaded = new ArrayList<>();

    private Predictor load(LoadOptions options) {
        now.addAndGet(7_000_000);
        Predictor predictor = Predictors.of(SIGNATURE, in -> {
            int rows = (int) in.get("x").size(0);
            now.addAndGet(1_000_000 + 100_000L * rows + 2_000_000L * Math.max(0, rows - 8));
            return Tensors.of("y", new float[rows]);
        });
        loaded.add(predictor);
        return predictor;
    }

    @Test
    void whatAKnownModelCostsIsMeasuredAndRecommended() {
        ProfileOptions options = ProfileOptions.builder()
                .maxBatch(16)
                .maxThreads(1)
                .warmUp(Duration.ZERO)
                .measurement(Duration.ofSeconds(1))
                .build();
        ModelProfile profile = new ModelProfiler(this::load, ONE, options, now::get).run(OptionalLong.of(3 << 20));
        assertThat(profile.loadTime()).isEqualTo(Duration.ofMillis(7));
        Duration single = Duration.ofNanos(1_100_000);
        assertThat(profile.latency()).isEqualTo(new Latency(single, single, single, single, 910));
        assertThat(profile.batches()).extracting(Throughput::batch).containsExactly(1, 2, 4, 8, 16);
        assertThat(profile.batches())
                .extracting(measured -> Math.round(measured.rowsPerSecond()))
                .containsExactly(909L, 1667L, 2857L, 4444L, 860L);
        assertThat(profile.threads()).hasSize(1);
        assertThat(profile.recommendation().batch()).isEqualTo(8);
        assertThat(profile.recommendation().loadOptions().maxBatch()).isEqualTo(8);
        assertThat(profile.recommendation().callerThreads()).isEqualTo(1);
        assertThat(loaded).hasSize(1).allMatch(Predictor::isClosed);
        assertThat(profile.toString())
                .contains("Profile of function on")
                .contains("load time         7.000 ms")
                .contains("model size        3.0 MiB")
                .contains("p50 1.100 ms, p90 1.100 ms, p99 1.100 ms, max 1.100 ms (910 calls)")
                .contains("      8        1         1        4444\n")
                .contains("Recommended: batches of 8, 1 caller threads, LoadOptions[device=cpu")
                .contains("  A batch of 8 gives 4,444 rows/s, 4.9 times as many as one by one; the best batch gives");
        StringBuilder printed = new StringBuilder();
        profile.print(printed);
        assertThat(printed).hasToString(profile.toString());
    }

    @Test
    void percentilesAreSamples() {
        long[] samples = new long[200];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = samples.length - i;
        }
        assertThat(Latency.of(samples))
                .isEqualTo(new Latency(
                        Duration.ofNanos(100),
                        Duration.ofNanos(180),
                        Duration.ofNanos(198),
                        Duration.ofNanos(200),
                        200));
        assertThat(Latency.of(new long[] {5}).p50()).isEqualTo(Duration.ofNanos(5));
    }

    @Test
    void batchesAndThreadsArePowersOfTwoAndTheLimit() {
        assertThat(ModelProfiler.powers(1, 1)).containsExactly(1);
        assertThat(ModelProfiler.powers(1, 6)).containsExactly(1, 2, 4, 6);
        assertThat(ModelProfiler.powers(2, 1)).isEmpty();
        assertThat(ModelProfiler.powers(2, 4)).containsExactly(2, 4);
    }

    @Test
    void aModelIsMeasuredInAFileAFolderAndARegistry() throws IOException {
        Path model = Fixtures.model("digits-mlp.onnx");
        long size = Files.size(model);
        try (Predictor predictor = Predictors.load(model)) {
            TensorSpec input = predictor.signature().inputs().get(0);
            List<Tensors> rows = List.of(
                    Tensors.of(input.name(), new float[1][(int) input.shape().size(1)]));
            Function<ModelProfile, Integer> measured =
                    profile -> profile.batches().size();
            ModelProfile file = ModelProfiler.profile(model, rows, SHORT);
            check(file, size);
            ModelSource source = ModelSource.of("mlp", model.resolveSibling(""), Framework.ONNX, "digits-mlp.onnx");
            check(ModelProfiler.profile(source, rows, SHORT), size);
            try (ModelRegistry registry = ModelRegistries.open(new InMemoryStorageNode())) {
                registry.register(Registration.of("mlp", model).build());
                ModelProfile registered = ModelProfiler.profile(registry, "mlp", rows, SHORT);
                check(registered, size);
                assertThat(registered.description().model()).isEqualTo("mlp:1.0.0");
                assertThat(measured.apply(registered)).isEqualTo(5);
            }
        }
    }

    private static void check(ModelProfile profile, long size) {
        assertThat(profile.memory().modelBytes()).hasValue(size);
        assertThat(profile.memory().directAfter()).isNotNegative();
        if (Files.exists(Path.of("/proc/self/status"))) {
            assertThat(profile.memory().residentBefore().orElseThrow()).isPositive();
            assertThat(profile.memory().residentGrowth()).isPresent();
        }
        assertThat(profile.loadTime()).isPositive();
        assertThat(profile.latency().p50()).isPositive();
        assertThat(profile.latency().p50())
                .isLessThanOrEqualTo(profile.latency().p90());
        assertThat(profile.latency().p99())
                .isLessThanOrEqualTo(profile.latency().max());
        assertThat(profile.threads())
                .extracting(row -> row.callerThreads() + "/" + row.intraOpThreads())
                .containsExactly("1/1", "2/1", "1/2");
        assertThat(profile.recommendation().reasons()).isNotEmpty();
        assertThat(profile.toString()).contains("on onnxruntime").contains("Recommended: batches of ");
    }

    @Test
    void whatFailsEndsTheProfileAndLeavesNothingOpen() {
        Function<LoadOptions, Predictor> failing = options -> {
            Predictor predictor = Predictors.of(SIGNATURE, in -> {
                if (!Thread.currentThread().getName().startsWith("profile-")) {
                    return Tensors.of("y", new float[(int) in.get("x").size(0)]);
                }
                throw new IllegalStateException("not on this thread");
            });
            loaded.add(predictor);
            return predictor;
        };
        assertThatThrownBy(() -> new ModelProfiler(failing, ONE, SHORT, System::nanoTime).run(OptionalLong.empty()))
                .isInstanceOf(PredictionFailedException.class);
        assertThat(loaded).hasSize(1).allMatch(Predictor::isClosed);
    }

    @Test
    void badRequestsAreRefused() {
        Path model = Fixtures.model("digits-mlp.onnx");
        assertThatThrownBy(() -> ModelProfiler.profile(model, List.of(), SHORT))
                .hasMessage("Cannot use inputs '[]': there is none, expected at least one input of the model");
        assertThatThrownBy(() -> ProfileOptions.builder().maxBatch(0)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> ProfileOptions.builder().measurement(Duration.ofMillis(-1)))
                .isInstanceOf(InvalidValueException.class);
        Path nothing = Path.of("nothing-here");
        assertThatThrownBy(() -> ModelProfiler.profile(nothing, ONE, SHORT))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("there is nothing");
        ModelProfile profile = new ModelProfiler(this::load, ONE, SHORT, now::get).run(OptionalLong.empty());
        assertThat(profile.toString()).contains("model size        unknown");
        assertThatThrownBy(() -> profile.print(new Appendable() {
                    @Override
                    public Appendable append(CharSequence text) throws IOException {
                        throw new IOException("full");
                    }

                    @Override
                    public Appendable append(CharSequence text, int start, int end) throws IOException {
                        throw new IOException("full");
                    }

                    @Override
                    public Appendable append(char c) throws IOException {
                        throw new IOException("full");
                    }
                }))
                .isInstanceOf(UncheckedIOException.class);
    }
}
