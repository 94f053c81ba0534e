package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.inference.InvalidTensorException;
import io.modelregistry.inference.InvalidTensorException.Problem;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OnnxTextTest {
    private static final String EMOJI = "\uD83D\uDE00";
    private static final String RARE_HAN = "\uD840\uDC00";

    @TempDir
    private Path folder;

    /** A model that removes one text, which lies in it as UTF-8, from its input. */
    private Predictor without(String text) {
        ProtobufWriter stopwords =
                new ProtobufWriter().text(1, "stopwords").text(9, text).number(20, 8);
        Path file = new OnnxModels()
                .input("x", DataType.BYTES, "n")
                .output("y", DataType.BYTES, "m")
                .node("StringNormalizer", List.of("x"), "y", stopwords, OnnxModels.integer("is_case_sensitive", 1))
                .write(folder.resolve("without.onnx"));
        return Predictors.load(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "grüße", "日本語", EMOJI, "a " + EMOJI + RARE_HAN, "nul\0nul"})
    void aTextMatchesTheSameTextInsideTheModel(String text) {
        try (Predictor predictor = without(text)) {
            Tensor y = predictor
                    .predict(Tensors.of("x", new String[] {"before", text, "after"}))
                    .get("y");
            assertThat(y.strings()).containsExactly("before", "after");
        }
    }

    private Predictor identity() {
        Path file = new OnnxModels()
                .input("x", DataType.BYTES, "...")
                .output("y", DataType.BYTES, "...")
                .node("Identity", List.of("x"), "y")
                .write(folder.resolve("identity.onnx"));
        return Predictors.load(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {EMOJI, "a" + EMOJI, "a " + EMOJI + " b", "ð " + EMOJI, RARE_HAN + RARE_HAN})
    void aTextThatComesBackGarbledIsAnError(String text) {
        try (Predictor predictor = identity()) {
            for (Tensor x : List.of(Tensor.of(text), Tensor.of(new String[][] {{"fine", text}}))) {
                assertThatThrownBy(() -> predictor.predict(Tensors.of("x", x)))
                        .isInstanceOf(PredictionFailedException.class)
                        .hasMessageContaining(
                                "an output holds a text with characters beyond U+FFFF, which the runtime's"
                                        + " Java interface cannot read; let the model give a number instead");
            }
        }
    }

    /** What looks like the bytes of such a character, and is not. */
    @ParameterizedTest
    @ValueSource(strings = {"með", "ð\u009f\u0098\u0080", "el niñ", "ñ\u00a0»\u00a0", "ó"})
    void aTextThatOnlyLooksGarbledComesBack(String text) {
        try (Predictor predictor = identity()) {
            for (Tensor x : List.of(Tensor.of(text), Tensor.of(new String[][] {{"fine", text}}))) {
                assertThat(predictor.predict(Tensors.of("x", x)).get("y")).isEqualTo(x);
            }
        }
    }

    @Test
    void halfACharacterIsRefused() {
        try (Predictor predictor = without("gone")) {
            Tensors half = Tensors.of("x", new String[] {"fine", "half \uD83D"});
            assertThatThrownBy(() -> predictor.predict(half))
                    .isInstanceOfSatisfying(
                            InvalidTensorException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.NOT_UNICODE))
                    .hasMessage("Cannot predict with model 'without.onnx': input 'x' holds a text with half of a"
                            + " surrogate pair, expected x BYTES[n] of whole characters");
        }
    }
}
