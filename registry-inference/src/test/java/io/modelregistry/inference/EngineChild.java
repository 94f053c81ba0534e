package io.modelregistry.inference;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Runs engines in a process of its own, because what happens there happens once per process. Does its arguments one
 * after the other and prints a line for each; any failure but the one asked for ends it with a status and a trace.
 */
final class EngineChild {
    /** Fails if the class is there after all, so that a test of its absence tests that. */
    static final String LACK_CLASS = "lack-class:";

    /** Fails if the resource is there after all. */
    static final String LACK_RESOURCE = "lack-resource:";

    /** Loads the fixture of an {@link Engine}, and checks what all that are loaded by now predict. */
    static final String PREDICT = "predict:";

    /** Loads the fixture of an {@link Engine}, which must be refused, and prints the refusal. */
    static final String REFUSE = "refuse:";

    /** Fails unless the command line of this process has so many bytes and telemetry is not turned off. */
    static final String EXPOSED = "exposed:";

    /** Makes ONNX Runtime's environment as a host does that uses it, too. */
    static final String HOST_ENVIRONMENT = "host-environment";

    /** An engine and its fixture. */
    enum Engine {
        ONNX("digits-mlp"),
        TENSORFLOW("digits-mlp"),
        TORCHSCRIPT("digits-cnn.pt");

        private final String expected;

        Engine(String expected) {
            this.expected = expected;
        }

        Predictor load() {
            return switch (this) {
                case ONNX -> Predictors.load(Fixtures.model("digits-mlp.onnx"));
                case TENSORFLOW -> Predictors.load(Fixtures.model("digits-mlp-savedmodel"));
                case TORCHSCRIPT -> {
                    Path models = Fixtures.model(expected).resolveSibling("");
                    ModelSource source = ModelSource.of("digits-cnn", models, Framework.TORCHSCRIPT, expected)
                            .withDeclared(TensorSignature.of(
                                    TensorSpec.parse("image FP32[batch,1,8,8]"),
                                    TensorSpec.parse("logits FP32[batch,10]")));
                    yield Predictors.load(source, LoadOptions.defaults());
                }
            };
        }

        /** Fails unless the outputs are the expected ones. */
        void check(Predictor predictor) {
            JsonNode known = Fixtures.expected(expected);
            String input = predictor.signature().inputs().get(0).name();
            Tensors outputs = predictor.predict(
                    Tensors.of(input, Fixtures.floats(known.get("inputs").get(input))));
            for (TensorSpec output : predictor.signature().outputs()) {
                Tensor actual = outputs.get(output.name());
                Tensor wanted = Fixtures.floats(known.get("outputs").get(output.name()));
                double tolerance = known.get("tolerance").asDouble();
                for (int i = 0; i < wanted.elementCount(); i++) {
                    if (!(Math.abs(actual.doubleAt(i) - wanted.doubleAt(i)) <= tolerance)) {
                        throw new AssertionError(this + " gave " + actual.doubleAt(i) + " for element " + i + " of "
                                + output.name() + ", expected " + wanted.doubleAt(i));
                    }
                }
            }
        }
    }

    private final List<Engine> loaded = new ArrayList<>();
    private final List<Predictor> predictors = new ArrayList<>();

    private EngineChild() {}

    /** Takes what to do, each one of the constants here with what it is about behind it. */
    public static void main(String[] tasks) throws IOException {
        EngineChild child = new EngineChild();
        try {
            for (String task : tasks) {
                child.run(task);
            }
        } finally {
            child.predictors.forEach(Predictor::close);
        }
        System.out.println("done");
    }

    private void run(String task) throws IOException {
        if (task.startsWith(LACK_CLASS)) {
            lackClass(task.substring(LACK_CLASS.length()));
        } else if (task.startsWith(LACK_RESOURCE)) {
            String resource = task.substring(LACK_RESOURCE.length());
            if (EngineChild.class.getClassLoader().getResource(resource) != null) {
                throw new AssertionError("resource " + resource + " is there");
            }
        } else if (task.startsWith(EXPOSED)) {
            requireExposed(Integer.parseInt(task.substring(EXPOSED.length())));
        } else if (task.startsWith(PREDICT)) {
            predict(Engine.valueOf(task.substring(PREDICT.length())));
        } else if (task.startsWith(REFUSE)) {
            refuse(Engine.valueOf(task.substring(REFUSE.length())));
        } else if (task.equals(HOST_ENVIRONMENT)) {
            System.out.println(
                    "host has ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion());
        } else {
            throw new IllegalArgumentException(task);
        }
    }

    private static void lackClass(String name) {
        try {
            Class.forName(name, false, EngineChild.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return;
        }
        throw new AssertionError("class " + name + " is there");
    }

    private static void requireExposed(int bytes) throws IOException {
        int length = Files.readAllBytes(Path.of("/proc/self/cmdline")).length;
        if (length < bytes || System.getenv(EngineProcess.TELEMETRY) != null) {
            throw new AssertionError(
                    length + " bytes, " + EngineProcess.TELEMETRY + " is " + System.getenv(EngineProcess.TELEMETRY));
        }
    }

    private void predict(Engine engine) {
        predictors.add(engine.load());
        loaded.add(engine);
        for (int i = 0; i < loaded.size(); i++) {
            loaded.get(i).check(predictors.get(i));
        }
        System.out.println(loaded + " predict as expected");
    }

    private static void refuse(Engine engine) {
        try (Predictor predictor = engine.load()) {
            throw new AssertionError(predictor + " was loaded");
        } catch (EngineUnavailableException e) {
            Objects.requireNonNull(e.getCause(), e.getMessage());
            System.out.println(e.code() + " " + e.engine() + ": " + e.getMessage());
        }
    }
}
