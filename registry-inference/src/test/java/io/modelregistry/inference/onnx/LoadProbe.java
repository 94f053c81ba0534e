package io.modelregistry.inference.onnx;

import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelFootprint;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Loads one model many times, in a process of its own, and prints what that takes. */
final class LoadProbe {
    /** Loads so many copies at once, and prints the kilobytes that one was observed to take and was told to take. */
    static final String COPIES = "copies";

    /** Loads and closes so often, and prints the resident kilobytes ten times on the way. */
    static final String CYCLES = "cycles";

    private static final int LOOKS = 10;

    private LoadProbe() {}

    /** Takes what to do, a file and a count. */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[1]);
        int count = Integer.parseInt(args[2]);
        if (args[0].equals(COPIES)) {
            copies(file, count);
        } else {
            cycles(file, count);
        }
    }

    private static void copies(Path file, int count) throws IOException {
        for (int i = 0; i < 3; i++) {
            loadAndUse(file).close();
        }
        long before = kilobytes("RssAnon");
        List<Predictor> predictors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            predictors.add(loadAndUse(file));
        }
        long observed = (kilobytes("RssAnon") - before) / count;
        long told = predictors.get(0).memoryBytes().orElseThrow() >> 10;
        long estimated = ModelFootprint.estimate(file, LoadOptions.defaults()) >> 10;
        predictors.forEach(Predictor::close);
        System.out.println(observed + " " + told + " " + estimated);
    }

    private static void cycles(Path file, int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            loadAndUse(file).close();
            if (i % (count / LOOKS) == 0) {
                System.out.println(kilobytes("VmRSS"));
            }
        }
    }

    private static Predictor loadAndUse(Path file) {
        Predictor predictor = Predictors.load(file);
        TensorSpec input = predictor.signature().inputs().get(0);
        long[] one = LongStream.of(input.shape().sizes())
                .map(size -> Math.max(size, 1))
                .toArray();
        predictor.predict(Tensors.of(input.name(), Tensor.allocate(input.type(), one)));
        return predictor;
    }

    private static long kilobytes(String name) throws IOException {
        System.gc();
        return ProbeProcess.residentKilobytes(name);
    }
}
