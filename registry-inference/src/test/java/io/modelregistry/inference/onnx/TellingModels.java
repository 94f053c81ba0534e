package io.modelregistry.inference.onnx;

import io.modelregistry.model.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Perceptrons of one shape whose answers tell which of them gave them. */
public final class TellingModels {
    /** The numbers in a row of the input {@code x}. */
    public static final int INPUTS = 64;

    /** The numbers in a row of the output {@code y}. */
    public static final int OUTPUTS = 10;

    private static final int HIDDEN = 128;

    private TellingModels() {}

    /** The file of one of them, as bytes. */
    public static byte[] perceptron(int number) throws IOException {
        Random random = new Random(number);
        Path file = Files.createTempFile("telling", ".onnx");
        try {
            new OnnxModels()
                    .input("x", DataType.FP32, "batch", INPUTS)
                    .output("y", DataType.FP32, "batch", OUTPUTS)
                    .weights("w1", weights(random, INPUTS * HIDDEN), INPUTS, HIDDEN)
                    .weights("w2", weights(random, HIDDEN * OUTPUTS), HIDDEN, OUTPUTS)
                    .node("MatMul", List.of("x", "w1"), "sum")
                    .node("Relu", List.of("sum"), "hidden")
                    .node("MatMul", List.of("hidden", "w2"), "y")
                    .write(file);
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }

    private static float[] weights(Random random, int count) {
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) random.nextGaussian() / 8;
        }
        return weights;
    }
}
