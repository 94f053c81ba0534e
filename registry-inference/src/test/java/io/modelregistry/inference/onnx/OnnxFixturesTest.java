package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorMap;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bundled ONNX model gives the values that scikit-learn and torch computed. */
final class OnnxFixturesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "digits-mlp",
                "digits-mlp-external",
                "digits-cnn",
                "digits-forest",
                "cancer-logistic",
                "cancer-logistic-zipmap"
            })
    void givesTheExpectedValues(String name) {
        JsonNode expected = Fixtures.expected(name);
        try (Predictor predictor = Predictors.load(Fixtures.model(name + ".onnx"))) {
            Tensors outputs = predictor.predict(inputs(expected));
            assertThat(outputs.size()).isEqualTo(predictor.signature().outputs().size());
            for (Iterator<String> names = expected.get("outputs").fieldNames(); names.hasNext(); ) {
                String output = names.next();
                compare(
                        outputs,
                        output,
                        expected.get("outputs").get(output),
                        expected.get("tolerance").asDouble());
            }
        }
    }

    private static Tensors inputs(JsonNode expected) {
        Map<String, TensorValue> inputs = new LinkedHashMap<>();
        expected.get("inputs")
                .properties()
                .forEach(entry -> inputs.put(entry.getKey(), Fixtures.floats(entry.getValue())));
        return Tensors.of(inputs);
    }

    private static void compare(Tensors outputs, String name, JsonNode expected, double tolerance) {
        if (expected.get(0).isObject()) {
            List<TensorMap> maps = outputs.maps(name);
            assertThat(maps).hasSameSizeAs(expected);
            for (int row = 0; row < maps.size(); row++) {
                Map<Object, Double> map = maps.get(row).toMap();
                assertThat(map).hasSameSizeAs(expected.get(row));
                expected.get(row)
                        .properties()
                        .forEach(entry -> assertThat(map.get(Long.valueOf(entry.getKey())))
                                .isCloseTo(entry.getValue().asDouble(), within(tolerance)));
            }
            return;
        }
        Tensor wanted = Fixtures.floats(expected);
        Tensor actual = outputs.get(name);
        assertThat(actual.shape()).isEqualTo(wanted.shape());
        for (int i = 0; i < wanted.elementCount(); i++) {
            assertThat(actual.doubleAt(i)).isCloseTo(wanted.doubleAt(i), within(tolerance));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"digits-mlp", "digits-mlp-external", "digits-forest"})
    void reachesTheAccuracyOfTraining(String name) {
        try (Predictor predictor = Predictors.load(Fixtures.model(name + ".onnx"))) {
            long[] labels = predictor
                    .predict(Tensors.of("input", Fixtures.digits(450)))
                    .get("label")
                    .longs();
            long[] truth = Fixtures.labels(450);
            long right = 0;
            for (int i = 0; i < labels.length; i++) {
                right += labels[i] == truth[i] ? 1 : 0;
            }
            assertThat(right / 450.0)
                    .isEqualTo(Fixtures.expected(name).get("accuracy_test").asDouble());
        }
    }

    @Test
    void irisFromTribuoIsClassified() throws Exception {
        try (Predictor predictor = Predictors.load(Fixtures.model("iris-tribuo.onnx"))) {
            String input = predictor.signature().inputs().get(0).name();
            String output = predictor.signature().outputs().get(0).name();
            List<String> species = List.of("virginica", "setosa", "versicolor");
            List<String> rows = Files.readAllLines(Fixtures.model("iris.csv"));
            int right = 0;
            for (String row : rows.subList(1, rows.size())) {
                String[] cells = row.split(",");
                float[][] features = {{cell(cells, 2), cell(cells, 3), cell(cells, 0), cell(cells, 1)}};
                float[] scores = predictor
                        .predict(Tensors.of(input, features))
                        .get(output)
                        .floats();
                int best = 0;
                for (int i = 1; i < scores.length; i++) {
                    best = scores[i] > scores[best] ? i : best;
                }
                right += cells[4].contains(species.get(best)) ? 1 : 0;
            }
            assertThat(right / (double) (rows.size() - 1)).isGreaterThan(0.94);
        }
    }

    private static float cell(String[] cells, int position) {
        return Float.parseFloat(cells[position]);
    }

    @Test
    void describesTheModel() {
        try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp.onnx"), LoadOptions.defaults())) {
            assertThat(predictor.signature())
                    .hasToString("(input FP32[batch,64]) -> (label INT64[batch], probabilities FP32[batch,10])");
            assertThat(predictor.description().toString())
                    .isEqualTo("digits-mlp.onnx on onnxruntime 1.29.0, cpu, FP32");
            assertThat(predictor.description().metadata()).containsKeys("framework", "dataset");
        }
        try (Predictor predictor = Predictors.load(Fixtures.model("cancer-logistic-zipmap.onnx"))) {
            assertThat(predictor.signature().toString()).contains("probabilities seq(map(INT64,FP32))");
        }
    }
}
