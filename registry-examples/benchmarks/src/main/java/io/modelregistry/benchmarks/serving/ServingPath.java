package io.modelregistry.benchmarks.serving;

import com.sun.management.ThreadMXBean;
import io.modelregistry.ModelRegistries;
import io.modelregistry.benchmarks.storage.OnnxFile;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.deployment.Deployment;
import io.modelregistry.inference.deployment.DeploymentOptions;
import io.modelregistry.inference.deployment.Deployments;
import io.modelregistry.inference.deployment.Split;
import io.modelregistry.inference.runtime.CircuitBreakerOptions;
import io.modelregistry.inference.runtime.ConcurrencyLimit;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.TensorSpec;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a deployment adds to the bare predictor: processor time of the calling thread and bytes allocated, for one row,
 * in interleaved pairs of blocks. Arguments: {@code rounds=200} and {@code calls=1000}.
 *
 * <p>{@code plain} has one version and the defaults; {@code full} a limit of 8, a circuit breaker, metrics that are
 * counted; {@code routed} is {@code full} with a split by key of which all keys take one side, so that its difference
 * to {@code full} is the routing; {@code split} divides the keys between two versions of the same file, which costs the
 * caches a second model.
 */
public final class ServingPath {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ServingPath() {}

    /** Measures both models. */
    public static void main(String[] args) throws Exception {
        int rounds = 200;
        int calls = 1000;
        for (String arg : args) {
            if (arg.startsWith("rounds=")) {
                rounds = Integer.parseInt(arg.substring(7));
            } else if (arg.startsWith("calls=")) {
                calls = Integer.parseInt(arg.substring(6));
            }
        }
        Path folder = Files.createTempDirectory("serving-path");
        Path large = folder.resolve("mlp-512.onnx");
        try {
            OnnxFile.perceptron(large, 0);
            String models = System.getProperty("models", "registry-inference/src/test/resources/models");
            measure("digits-mlp", Path.of(models, "digits-mlp.onnx"), rounds, calls);
            measure("mlp-512", large, rounds, calls);
        } finally {
            Files.deleteIfExists(large);
            Files.deleteIfExists(folder);
        }
    }

    private static void measure(String name, Path file, int rounds, int calls) throws IOException {
        LongAdder counted = new LongAdder();
        try (InMemoryStorageNode node = new InMemoryStorageNode();
                ModelRegistry registry =
                        ModelRegistries.builder(node).leaveNodeOpen().open();
                Predictor bare = register(registry, file);
                Deployments deployments = Deployments.builder(registry)
                        .metrics(request -> counted.increment())
                        .pollInterval(Duration.ofHours(1))
                        .open()) {
            Tensors row = row(bare);
            RequestContext[] keys = new RequestContext[1024];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = RequestContext.key("customer-" + i);
            }
            DeploymentOptions full = DeploymentOptions.builder()
                    .limit(ConcurrencyLimit.fixed(8))
                    .circuitBreaker(CircuitBreakerOptions.defaults())
                    .build();
            Deployment plain = deployments.deploy("plain", "m:1.0.0");
            Deployment limited = deployments.deploy("full", "m:1.0.0", full);
            Deployment split = deployments.deploy("split", "m:1.0.0", full);
            split.split(Split.salted("s").variant("a", "m:1.0.0", 50).variant("b", "m:2.0.0", 50), "");
            Deployment routed = deployments.deploy("routed", "m:1.0.0", full);
            routed.split(Split.salted("s").variant("a", "m:1.0.0", 100).variant("b", "m:2.0.0", 0), "");
            Map<String, Block> variants = new LinkedHashMap<>();
            variants.put("the same again", i -> bare.predict(row));
            variants.put("plain", i -> plain.predict(row));
            variants.put("full", i -> limited.predict(row, keys[i & 1023]));
            variants.put("routed", i -> routed.predict(row, keys[i & 1023]));
            variants.put("split", i -> split.predict(row, keys[i & 1023]));
            report(name, i -> bare.predict(row), variants, rounds, calls);
        }
    }

    private static Predictor register(ModelRegistry registry, Path file) {
        registry.register(Registration.of("m", file).version("1.0.0").build());
        registry.register(Registration.of("m", file).version("2.0.0").build());
        return Predictors.load(registry, "m:1.0.0");
    }

    private static Tensors row(Predictor predictor) {
        TensorSpec spec = predictor.signature().inputs().get(0);
        long[] sizes = spec.shape().sizes();
        sizes[0] = 1;
        return Tensors.of(spec.name(), Tensor.ofFloats(new float[(int) sizes[1]], sizes));
    }

    /** One request of a variant. */
    private interface Block {
        Object call(int number);
    }

    private static void report(String name, Block bare, Map<String, Block> variants, int rounds, int calls) {
        for (Map.Entry<String, Block> variant : variants.entrySet()) {
            List<double[]> pairs = new ArrayList<>();
            for (int round = -rounds / 4; round < rounds; round++) {
                boolean bareFirst = (round & 1) == 0;
                double[] first = block(bareFirst ? bare : variant.getValue(), calls);
                double[] second = block(bareFirst ? variant.getValue() : bare, calls);
                if (round >= 0) {
                    double[] mine = bareFirst ? second : first;
                    double[] theirs = bareFirst ? first : second;
                    pairs.add(new double[] {mine[0] - theirs[0], mine[1] - theirs[1], theirs[0]});
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %-15s adds %6.0f ns (quartiles %6.0f to %6.0f) and %4.0f bytes to %6.0f ns%n",
                    name,
                    variant.getKey(),
                    quantile(pairs, 0, 0.5),
                    quantile(pairs, 0, 0.25),
                    quantile(pairs, 0, 0.75),
                    quantile(pairs, 1, 0.5),
                    quantile(pairs, 2, 0.5));
        }
    }

    private static double quantile(List<double[]> pairs, int column, double part) {
        double[] sorted = pairs.stream().mapToDouble(pair -> pair[column]).toArray();
        Arrays.sort(sorted);
        return sorted[(int) (part * (sorted.length - 1))];
    }

    /** Processor time in nanoseconds and bytes allocated, for each call. */
    private static double[] block(Block block, int calls) {
        long thread = Thread.currentThread().getId();
        long bytes = THREADS.getThreadAllocatedBytes(thread);
        long nanos = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < calls; i++) {
            block.call(i);
        }
        nanos = THREADS.getCurrentThreadCpuTime() - nanos;
        bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
        return new double[] {(double) nanos / calls, (double) bytes / calls};
    }
}
