package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches, and predictors for the types of an application. */
final class BatchTest {
    private static final TensorSignature SIGNATURE = PredictorsTest.SIGNATURE;

    private static Tensors sum(Tensors in) {
        return PredictorsTest.sum(in);
    }

    private static Tensors row(float a, float b) {
        return PredictorsTest.row(a, b);
    }

    @Test
    void aBatchIsOneCallPerShapeAndABadInputFailsAlone() {
        List<Long> rows = new ArrayList<>();
        try (Predictor predictor = Predictors.of(SIGNATURE, in -> {
            rows.add(in.get("x").size(0));
            return sum(in);
        })) {
            Tensors two = Tensors.of("x", new float[][] {{1, 1}, {2, 2}});
            List<Outcome<Tensors>> outcomes =
                    predictor.predictBatch(List.of(row(1, 2), two, row(Float.NaN, 0), row(3, 4)));
            assertThat(rows).containsExactly(4L);
            assertThat(outcomes.get(0).orThrow().get("sum").floats()).containsExactly(3f);
            assertThat(outcomes.get(1).orThrow().get("sum").floats()).containsExactly(2f, 4f);
            assertThat(outcomes.get(2)).isInstanceOf(Outcome.Failure.class);
            assertThatThrownBy(() -> outcomes.get(2).orThrow()).isInstanceOf(InvalidTensorException.class);
            assertThat(outcomes.get(3).orThrow().get("sum").floats()).containsExactly(7f);
            assertThat(predictor.predictBatch(List.of())).isEmpty();
        }
    }

    @Test
    void aPoisonedInputDoesNotFailItsNeighbours() {
        try (Predictor predictor = Predictors.of(SIGNATURE, in -> {
            for (float value : in.get("x").floats()) {
                if (value == 13f) {
                    throw new IllegalStateException("poisoned");
                }
            }
            return sum(in);
        })) {
            List<Outcome<Tensors>> outcomes = predictor.predictBatch(List.of(row(1, 2), row(13, 0), row(3, 4)));
            assertThat(outcomes).extracting(Outcome::isSuccess).containsExactly(true, false, true);
            assertThatThrownBy(() -> outcomes.get(1).orThrow()).isInstanceOf(PredictionFailedException.class);
        }
    }

    @Test
    void modelsWithoutABatchAreCalledOneByOne() {
        TensorSignature fixed = TensorSignature.of(TensorSpec.parse("x FP32[1,2]"), TensorSpec.parse("sum FP32[1]"));
        AtomicInteger calls = new AtomicInteger();
        try (Predictor predictor = Predictors.of(fixed, in -> {
            calls.incrementAndGet();
            return sum(in);
        })) {
            assertThat(predictor.predictBatch(List.of(row(1, 2), row(3, 4)))).allMatch(Outcome::isSuccess);
            assertThat(calls).hasValue(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x FP32[batch,2]      | sum FP32[batch]      | 1",
                "x FP32[batch_size,2] | sum FP32[batch_size] | 1",
                "x FP32[N,2]          | sum FP32[N]          | 1",
                "x FP32[batch,dim]    | sum FP32[-1]         | 1",
                "x FP32[-1,2]         | sum FP32[-1]         | 1",
                "x FP32[unk__7,2]     | sum FP32[unk__7]     | 1",
                "x FP32[-1,-1]        | sum FP32[-1]         | 2",
                "x FP32[...]          | sum FP32[-1]         | 2",
                "x FP32[time,2]       | sum FP32[time]       | 2",
                "x FP32[time,2]       | sum FP32[-1]         | 2",
                "x FP32[-1,2]         | sum FP32[time]       | 2",
                "x FP32[batch,2]      | sum FP32[found]      | 2",
                "x FP32[batch*time,2] | sum FP32[batch*time] | 2",
                "x FP32[batch_time,2] | sum FP32[batch_time] | 2",
                "x FP32[batch,2]      | sum FP32[...]        | 2",
            })
    void onlyWhatIsABatchIsStacked(String input, String output, int expectedCalls) {
        AtomicInteger calls = new AtomicInteger();
        TensorSignature signature = TensorSignature.of(TensorSpec.parse(input), TensorSpec.parse(output));
        try (Predictor predictor = Predictors.of(signature, in -> {
            calls.incrementAndGet();
            return sum(in);
        })) {
            assertThat(predictor.predictBatch(List.of(row(1, 2), row(3, 4)))).allMatch(Outcome::isSuccess);
            assertThat(calls).hasValue(expectedCalls);
        }
    }

    @Test
    void outputsThatAreNotPerRowAreComputedAlone() {
        TensorSignature signature =
                TensorSignature.of(TensorSpec.parse("x FP32[-1,2]"), TensorSpec.parse("total FP32[-1]"));
        try (Predictor predictor = Predictors.of(
                signature, in -> Tensors.of("total", new float[] {in.get("x").size(0)}))) {
            assertThat(predictor.predictBatch(List.of(row(1, 2), row(3, 4))))
                    .allSatisfy(outcome ->
                            assertThat(outcome.orThrow().get("total").floats()).containsExactly(1f));
        }
    }

    @Test
    void aTranslatorSpeaksTheApplicationsTypes() {
        Translator<float[], Float> translator = new Translator<>() {
            @Override
            public Tensors toTensors(float[] input) {
                return Tensors.of("x", new float[][] {input});
            }

            @Override
            public Float fromTensors(Tensors outputs) {
                return outputs.get("sum").floatAt(0);
            }
        };
        try (Predictor predictor = Predictors.of(SIGNATURE, BatchTest::sum)) {
            TypedPredictor<float[], Float> typed = predictor.as(translator);
            assertThat(typed.predict(new float[] {1, 2})).isEqualTo(3f);
            List<Outcome<Float>> batch =
                    typed.predictBatch(List.of(new float[] {1, 1}, new float[1], new float[] {2, 2}));
            assertThat(batch.get(0).orThrow()).isEqualTo(2f);
            assertThat(batch.get(1).isSuccess()).isFalse();
            assertThat(batch.get(2).orThrow()).isEqualTo(4f);
        }
    }

    @Test
    void whatATranslatorThrowsFailsItsInputAlone() {
        IllegalArgumentException noRow = new IllegalArgumentException("no row");
        Translator<Float, Float> translator = new Translator<>() {
            @Override
            public Tensors toTensors(Float input) {
                if (input == 7f) {
                    throw noRow;
                }
                return row(input, 1);
            }

            @Override
            public Float fromTensors(Tensors outputs) {
                float sum = outputs.get("sum").floatAt(0);
                if (sum == 9f) {
                    throw new IllegalStateException("not nine");
                }
                return sum;
            }
        };
        try (Predictor predictor = Predictors.of(SIGNATURE, BatchTest::sum)) {
            List<Outcome<Float>> batch = predictor.as(translator).predictBatch(List.of(1f, 7f, 8f, Float.NaN, 3f));
            assertThat(batch.get(0).orThrow()).isEqualTo(2f);
            assertThat(batch.get(4).orThrow()).isEqualTo(4f);
            assertThatThrownBy(() -> batch.get(1).orThrow())
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID))
                    .hasMessage("Cannot translate input '1' of a batch: java.lang.IllegalArgumentException: no row,"
                            + " expected one that the translator takes")
                    .hasCause(noRow);
            assertThatThrownBy(() -> batch.get(2).orThrow())
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PREDICTION_FAILED))
                    .hasMessage("Cannot translate the outputs for input '2' of a batch:"
                            + " java.lang.IllegalStateException: not nine, expected ones that the translator takes");
            assertThatThrownBy(() -> batch.get(3).orThrow()).isInstanceOf(InvalidTensorException.class);
        }
    }
}
