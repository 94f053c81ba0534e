package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.deployment.PreflightFailedException.Check;
import io.modelregistry.inference.runtime.LatencyHistogram;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The checks that a version passes before it serves.
 *
 * @param present the signature of the version that serves now; empty if there is none or any is taken
 * @param runs how many predictions measure how fast it is; 0 for none, and then it is not run at all
 * @param slowest the highest median latency that is accepted
 * @param nanoTime the clock
 */
record Preflight(Optional<TensorSignature> present, int runs, Optional<Duration> slowest, LongSupplier nanoTime) {
    /**
     * Checks a model that was just loaded.
     *
     * @param example the version's example input; empty if it has none, and then zeros are used
     * @throws PreflightFailedException if it does not pass
     */
    LoadedModel.Baseline check(PinnedVersion version, Predictor predictor, Optional<Tensors> example) {
        checkSignature(version, predictor.signature());
        if (runs == 0) {
            return LoadedModel.Baseline.NONE;
        }
        LoadedModel.Baseline baseline = measure(version, predictor, example);
        if (slowest.isPresent() && baseline.p50Nanos() > slowest.get().toNanos()) {
            throw new PreflightFailedException(
                    version,
                    Check.LATENCY,
                    "its median latency is %s and the limit is %s"
                            .formatted(Duration.ofNanos(baseline.p50Nanos()), slowest.get()),
                    null);
        }
        return baseline;
    }

    /**
     * Checks that those who call the version that serves can call another one.
     *
     * @throws PreflightFailedException naming what does not fit, field by field
     */
    void checkSignature(PinnedVersion version, TensorSignature signature) {
        List<String> problems = present.map(now -> SignatureCompatibility.problems(now, signature))
                .orElse(List.of());
        if (!problems.isEmpty()) {
            throw new PreflightFailedException(version, Check.SIGNATURE, String.join("; ", problems), null);
        }
    }

    private LoadedModel.Baseline measure(PinnedVersion version, Predictor predictor, Optional<Tensors> example) {
        Tensors inputs = example.orElseGet(() -> Tensors.zeros(predictor.signature()));
        LatencyHistogram times = new LatencyHistogram();
        for (int run = 0; run < runs; run++) {
            long begun = nanoTime.getAsLong();
            Tensors outputs = predict(version, predictor, inputs, example.isPresent());
            times.count(nanoTime.getAsLong() - begun);
            if (run == 0) {
                checkOutputs(version, predictor.signature(), outputs);
            }
        }
        LatencyHistogram.Counts counts = times.counts();
        return new LoadedModel.Baseline(counts.percentile(50), counts.percentile(99));
    }

    private static Tensors predict(PinnedVersion version, Predictor predictor, Tensors inputs, boolean isExample) {
        try {
            return predictor.predict(inputs);
        } catch (RegistryException e) {
            String what = isExample ? "its example input" : "zeros";
            throw new PreflightFailedException(
                    version, Check.FUNCTION, "it failed on " + what + ": " + e.getMessage(), e);
        }
    }

    private static void checkOutputs(PinnedVersion version, TensorSignature signature, Tensors outputs) {
        for (TensorSpec spec : signature.outputs()) {
            if (!outputs.contains(spec.name())) {
                throw new PreflightFailedException(
                        version, Check.FUNCTION, "it gave no output '" + spec.name() + "'", null);
            }
            TensorValue value = outputs.value(spec.name());
            boolean fits = !spec.isTensor()
                    || (value instanceof Tensor tensor
                            && tensor.type() == spec.type()
                            && spec.shape().accepts(tensor.shape()));
            if (!fits) {
                throw new PreflightFailedException(
                        version, Check.FUNCTION, "it gave %s for the output %s".formatted(value, spec), null);
            }
        }
    }
}
