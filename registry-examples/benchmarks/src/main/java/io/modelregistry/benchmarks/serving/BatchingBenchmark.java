package io.modelregistry.benchmarks.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.modelregistry.benchmarks.storage.OnnxFile;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.runtime.Batcher;
import io.modelregistry.inference.runtime.BatchingOptions;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Many callers of one model, each with one row at a time, threads that wait and, as {@code futures}, none that do, and,
 * from JDK 21 on, {@code virtual} threads: throughput, processor time of the process per row, and the time of a
 * request, without and with batches. All variants take turns in short rounds. Arguments: works such as
 * {@code mlp-512:64} (a model and a number of clients), or nothing for all; then {@code rounds=9}, {@code millis=400}
 * and, for some of the variants beside the first, such as {@code only=always,dynamic}.
 */
public final class BatchingBenchmark {
    private static final String ANCHOR = "predictor";
    private static final List<String> ALL =
            List.of("mlp-512:1,2,4,8,16,32,64", "digits-mlp:1,2,4,8,16,32,64", "digits-cnn:1,2,4,8,16,32,64");

    private BatchingBenchmark() {}

    /** Measures the works that are named, or all. */
    public static void main(String[] args) throws Exception {
        List<String> works = new ArrayList<>();
        int rounds = 9;
        int millis = 400;
        Set<String> only = Set.of();
        for (String arg : args) {
            if (arg.startsWith("rounds=")) {
                rounds = Integer.parseInt(arg.substring(7));
            } else if (arg.startsWith("millis=")) {
                millis = Integer.parseInt(arg.substring(7));
            } else if (arg.startsWith("only=")) {
                only = Set.of(arg.substring(5).split(",", -1));
            } else {
                works.add(arg);
            }
        }
        Path folder = Files.createTempDirectory("batching");
        try {
            for (String work : works.isEmpty() ? ALL : works) {
                String[] parts = work.split(":", 2);
                try (Model model = new Model(file(parts[0], folder))) {
                    model.engine(System.out, parts[0]);
                    for (String clients : parts[1].split(",", -1)) {
                        model.measure(
                                System.out, parts[0], new Rounds(Integer.parseInt(clients), rounds, millis), only);
                    }
                }
            }
        } finally {
            Files.deleteIfExists(folder.resolve("mlp-512.onnx"));
            Files.deleteIfExists(folder);
        }
    }

    private static Path file(String model, Path folder) throws IOException {
        if (model.equals("mlp-512")) {
            Path file = folder.resolve("mlp-512.onnx");
            OnnxFile.perceptron(file, 0);
            return file;
        }
        return Path.of(System.getProperty("models", "registry-inference/src/test/resources/models"), model + ".onnx");
    }

    /** One model, loaded by this library and by the runtime itself. */
    private static final class Model implements AutoCloseable {
        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        private final OrtSession session;
        private final Predictor predictor;
        private final String input;
        private final float[] row;
        private final long[] sizes;
        private final Tensors inputs;

        Model(Path file) throws OrtException {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            session = environment.createSession(file.toString(), options);
            predictor = Predictors.load(file);
            TensorSpec spec = predictor.signature().inputs().get(0);
            input = spec.name();
            sizes = spec.shape().sizes();
            sizes[0] = 1;
            int count = 1;
            for (long size : sizes) {
                count *= (int) size;
            }
            row = new float[count];
            Random random = new Random(7);
            for (int i = 0; i < count; i++) {
                row[i] = random.nextFloat();
            }
            inputs = Tensors.of(input, Tensor.ofFloats(row, sizes));
        }

        /** What one row costs the engine alone, on one thread: no batcher can be cheaper. */
        void engine(PrintStream out, String name) {
            double one = 0;
            for (int rows : new int[] {1, 2, 4, 8, 16, 32, 64}) {
                long[] shape = sizes.clone();
                shape[0] = rows;
                float[] all = new float[row.length * rows];
                for (int i = 0; i < all.length; i++) {
                    all[i] = row[i % row.length];
                }
                Tensors batch = Tensors.of(input, Tensor.ofFloats(all, shape));
                double nanos = Double.MAX_VALUE;
                for (int block = 0; block < 200; block++) {
                    long begun = System.nanoTime();
                    for (int i = 0; i < 20; i++) {
                        predictor.predict(batch);
                    }
                    nanos = Math.min(nanos, (System.nanoTime() - begun) / 20.0 / rows);
                }
                one = rows == 1 ? nanos : one;
                out.printf(
                        Locale.ROOT,
                        "%-11s engine alone, %2d rows a call: %6.2f us a row, %.2f of one row a call%n",
                        name,
                        rows,
                        nanos / 1000,
                        nanos / one);
            }
        }

        void measure(PrintStream out, String name, Rounds rounds, Set<String> only) throws Exception {
            int cores = Runtime.getRuntime().availableProcessors();
            BatchingOptions always =
                    BatchingOptions.builder().use(BatchingOptions.Use.ALWAYS).build();
            BatchingOptions collecting = BatchingOptions.builder()
                    .use(BatchingOptions.Use.ALWAYS)
                    .maxDelay(Duration.ofNanos(1_000))
                    .build();
            BatchingOptions single = BatchingOptions.builder()
                    .use(BatchingOptions.Use.ALWAYS)
                    .maxRows(1)
                    .build();
            try (Batcher off = new Batcher(predictor, "off", BatchingOptions.off(), cores);
                    Batcher limited = new Batcher(predictor, "limited", single, cores);
                    Batcher batching = new Batcher(predictor, "always", always, cores);
                    Batcher collected = new Batcher(predictor, "collecting", collecting, cores);
                    Batcher dynamic = new Batcher(predictor, "dynamic", BatchingOptions.dynamic(), cores)) {
                Map<String, Rounds.Clients> variants = new LinkedHashMap<>();
                variants.put(ANCHOR, Rounds.Clients.threads(() -> () -> predictor.predict(inputs)));
                variants.put("ort, arrays", Rounds.Clients.threads(() -> this::arrayAndGetValue));
                variants.put("ort, buffers", Rounds.Clients.threads(this::buffers));
                variants.put("off", Rounds.Clients.threads(() -> () -> predict(off)));
                variants.put("limited", Rounds.Clients.threads(() -> () -> predict(limited)));
                variants.put("always", Rounds.Clients.threads(() -> () -> predict(batching)));
                variants.put("dynamic", Rounds.Clients.threads(() -> () -> predict(dynamic)));
                variants.put(
                        "futures",
                        Rounds.Clients.futures(() -> batching.submit(inputs, List.of(), RequestContext.none())));
                Rounds.virtualThreads()
                        .ifPresent(kind ->
                                variants.put("virtual", Rounds.Clients.threads(kind, () -> () -> predict(collected))));
                variants.keySet().removeIf(each -> !only.isEmpty() && !only.contains(each) && !each.equals(ANCHOR));
                rounds.report(out, name, variants, ANCHOR);
            }
        }

        private void predict(Batcher batcher) {
            batcher.predict(inputs, List.of(), RequestContext.none());
        }

        /** What everybody writes. */
        private void arrayAndGetValue() throws OrtException {
            try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(row), sizes);
                    OrtSession.Result result = session.run(Map.of(input, tensor))) {
                for (int i = 0; i < result.size(); i++) {
                    result.get(i).getValue();
                }
            }
        }

        /** Input memory that each client keeps; outputs are allocated by the runtime, and read. */
        private Rounds.Request buffers() throws OrtException {
            ByteBuffer memory = ByteBuffer.allocateDirect(row.length * 4).order(ByteOrder.nativeOrder());
            OnnxTensor tensor = OnnxTensor.createTensor(environment, memory.asFloatBuffer(), sizes);
            Map<String, OnnxTensor> kept = Map.of(input, tensor);
            return new Rounds.Request() {
                @Override
                public void run() throws OrtException {
                    memory.asFloatBuffer().put(row);
                    try (OrtSession.Result result = session.run(kept)) {
                        for (int i = 0; i < result.size(); i++) {
                            ((OnnxTensor) result.get(i)).getByteBuffer();
                        }
                    }
                }

                @Override
                public void close() {
                    tensor.close();
                }
            };
        }

        @Override
        public void close() throws OrtException {
            predictor.close();
            session.close();
            options.close();
        }
    }
}
