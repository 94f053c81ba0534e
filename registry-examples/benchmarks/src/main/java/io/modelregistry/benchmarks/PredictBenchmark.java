package io.modelregistry.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSpec;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One prediction on one thread: the least that ONNX Runtime can be called with from Java, what everybody writes, and
 * the calls of this library.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
@SuppressWarnings("NullAway.Init")
public class PredictBenchmark {
    /** The model and the number of rows. */
    @Param({"digits-mlp:1", "digits-mlp:32", "digits-cnn:1", "digits-cnn:32"})
    public String work = "digits-mlp:1";

    private OrtEnvironment environment;
    private OrtSession.SessionOptions options;
    private OrtSession session;
    private String inputName;
    private Object array;
    private Map<String, OnnxTensor> rawInputs;
    private Map<String, OnnxTensor> rawOutputs;
    private Predictor predictor;
    private Tensors inputs;
    private Tensors outputs;

    /** Made by JMH. */
    public PredictBenchmark() {}

    /** Loads the model twice: into a session of the runtime's own and into a predictor. */
    @Setup
    public void load() throws OrtException {
        String[] parts = work.split(":", 2);
        Path model = Path.of(
                System.getProperty("models", "registry-inference/src/test/resources/models"), parts[0] + ".onnx");
        long rows = Long.parseLong(parts[1]);
        environment = OrtEnvironment.getEnvironment();
        options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        session = environment.createSession(model.toString(), options);
        predictor = Predictors.load(model);

        TensorSpec input = predictor.signature().inputs().get(0);
        inputName = input.name();
        array = random(sizes(input, rows));
        Tensor tensor = Tensor.of(array);
        inputs = Tensors.of(inputName, tensor);
        ByteBuffer direct = direct(tensor.byteSize());
        tensor.copyTo(direct);
        rawInputs = Map.of(inputName, OnnxTensor.createTensor(environment, direct.asFloatBuffer(), tensor.shape()));

        Map<String, TensorValue> memory = new LinkedHashMap<>();
        rawOutputs = new LinkedHashMap<>();
        for (TensorSpec output : predictor.signature().outputs()) {
            long[] sizes = sizes(output, rows);
            Tensor own = Tensor.allocate(output.type(), sizes);
            memory.put(output.name(), own);
            ByteBuffer pinned = direct(own.byteSize());
            rawOutputs.put(
                    output.name(),
                    switch (output.type()) {
                        case FP32 -> OnnxTensor.createTensor(environment, pinned.asFloatBuffer(), sizes);
                        case INT64 -> OnnxTensor.createTensor(environment, pinned.asLongBuffer(), sizes);
                        default -> throw new IllegalStateException("No anchor for " + output);
                    });
        }
        outputs = Tensors.of(memory);
    }

    /** Gives everything back. */
    @TearDown
    public void close() throws OrtException {
        predictor.close();
        rawInputs.values().forEach(OnnxTensor::close);
        rawOutputs.values().forEach(OnnxTensor::close);
        session.close();
        options.close();
    }

    /** The anchor: the runtime reads a buffer that was filled once and writes into memory that is never read. */
    @Benchmark
    public int rawPinned() throws OrtException {
        try (OrtSession.Result result = session.run(rawInputs, Collections.emptySet(), rawOutputs)) {
            return result.size();
        }
    }

    /** What everybody writes. */
    @Benchmark
    public Object arrayAndGetValue() throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, array);
                OrtSession.Result result = session.run(Map.of(inputName, tensor))) {
            Object last = array;
            for (int i = 0; i < result.size(); i++) {
                last = result.get(i).getValue();
            }
            return last;
        }
    }

    /** This library, from a tensor to new tensors. */
    @Benchmark
    public Tensors predict() {
        return predictor.predict(inputs);
    }

    /** This library, from a nested array to new tensors: what replaces {@link #arrayAndGetValue}. */
    @Benchmark
    public Tensors predictFromArray() {
        return predictor.predict(Tensors.of(inputName, array));
    }

    /** This library, from a tensor into tensors that are there. */
    @Benchmark
    public Tensors predictInto() {
        predictor.predictInto(inputs, outputs);
        return outputs;
    }

    private static long[] sizes(TensorSpec spec, long rows) {
        long[] sizes = spec.shape().sizes();
        sizes[0] = rows;
        return sizes;
    }

    private static Object random(long[] sizes) {
        Random random = new Random(7);
        int[] dimensions = new int[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            dimensions[i] = (int) sizes[i];
        }
        Object array = Array.newInstance(float.class, dimensions);
        fill(array, random);
        return array;
    }

    private static void fill(Object array, Random random) {
        if (array instanceof float[] row) {
            for (int i = 0; i < row.length; i++) {
                row[i] = random.nextFloat();
            }
        } else {
            for (Object part : (Object[]) array) {
                fill(part, random);
            }
        }
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
