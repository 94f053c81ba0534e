package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TensorSignatureTest {
    private static final TensorSpec INPUT = TensorSpec.parse("input FP32[batch,64]");
    private static final TensorSpec LABEL = TensorSpec.parse("label INT64[batch]");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input FP32[batch,64]",
                "input FP32[-1,64] finite",
                "x INT64[]",
                "serving_default_x:0 BYTES[...]",
                "two words BF16[1,2,floor(n/2)]"
            })
    void parseReadsWhatToStringWrites(String text) {
        assertThat(TensorSpec.parse(text)).hasToString(text);
        assertThat(TensorSpec.parse(text)).isEqualTo(TensorSpec.parse(text)).hasSameHashCodeAs(TensorSpec.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "input", "input FP32", "input FP32[", "FP32[1]", "input FP32[1] NAN", "input FLOAT[1]"})
    void parseRefusesOtherTexts(String text) {
        assertThatThrownBy(() -> TensorSpec.parse(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("Cannot use tensor '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[-2]", "[1,]", "[,]", "[1,,2]", "[9223372036854775808]", "[a,...]", "[a[b]]", "64"})
    void shapeRefusesWhatIsNotADimension(String text) {
        assertThatThrownBy(() -> Shape.parse(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("Cannot use ");
    }

    @Test
    void shapeAcceptsTensorsThatFit() {
        Shape shape = Shape.parse("[batch,64]");
        assertThat(shape.accepts(new long[] {0, 64})).isTrue();
        assertThat(shape.accepts(new long[] {7, 64})).isTrue();
        assertThat(shape.accepts(new long[] {7, 63})).isFalse();
        assertThat(shape.accepts(new long[] {-1, 64})).isFalse();
        assertThat(shape.accepts(new long[] {64})).isFalse();
        assertThat(Shape.SCALAR.accepts(new long[] {})).isTrue();
        assertThat(Shape.SCALAR.accepts(new long[] {1})).isFalse();
        assertThat(Shape.UNKNOWN_RANK.accepts(new long[] {3, 3, 3})).isTrue();
    }

    @Test
    void shapeKnowsWhatIsDynamic() {
        assertThat(Shape.of(2, 3).isStatic()).isTrue();
        assertThat(Shape.of(-1, 3).isStatic()).isFalse();
        assertThat(Shape.UNKNOWN_RANK.isStatic()).isFalse();
        assertThat(Shape.of(-1, 3).isDynamicInFirstOnly()).isTrue();
        assertThat(Shape.of(-1, -1).isDynamicInFirstOnly()).isFalse();
        assertThat(Shape.of(1, -1).isDynamicInFirstOnly()).isFalse();
        assertThat(Shape.SCALAR.isDynamicInFirstOnly()).isFalse();
        assertThat(Shape.parse("[batch,64]").dimensions().get(0).findSymbol()).contains("batch");
        assertThat(Shape.of(5, 6).size(1)).isEqualTo(6);
    }

    @Test
    void shapesIntersectToWhatBothAccept() {
        assertThat(Shape.parse("[-1,64]").intersect(Shape.parse("[batch,64]"))).contains(Shape.parse("[batch,64]"));
        assertThat(Shape.parse("[n,64]").intersect(Shape.parse("[batch,-1]"))).contains(Shape.parse("[n,64]"));
        assertThat(Shape.parse("[8,64]").intersect(Shape.parse("[batch,64]"))).contains(Shape.of(8, 64));
        assertThat(Shape.parse("[8,64]").intersect(Shape.parse("[8,63]"))).isEmpty();
        assertThat(Shape.parse("[8]").intersect(Shape.parse("[8,1]"))).isEmpty();
        assertThat(Shape.UNKNOWN_RANK.intersect(Shape.of(3))).contains(Shape.of(3));
        assertThat(Shape.of(3).intersect(Shape.UNKNOWN_RANK)).contains(Shape.of(3));
    }

    @Test
    void signatureReadsLikeAFunction() {
        TensorSpec maps = TensorSpec.of("probabilities", ValueStructure.SEQUENCE_OF_INTEGER_MAPS, DataType.FP32);
        assertThat(new TensorSignature(List.of(INPUT), List.of(LABEL, maps)))
                .hasToString("(input FP32[batch,64]) -> (label INT64[batch], probabilities seq(map(INT64,FP32)))");
        assertThat(maps.structure().keyType()).contains(DataType.INT64);
        assertThat(maps.structure().isSequence()).isTrue();
    }

    @Test
    void signatureFindsByName() {
        TensorSignature signature = TensorSignature.of(INPUT, LABEL);
        assertThat(signature.findInput("input")).contains(INPUT);
        assertThat(signature.findInput("label")).isEmpty();
        assertThat(signature.findOutput("label")).contains(LABEL);
    }

    @Test
    void signatureRefusesAmbiguousOrEmptySides() {
        assertThatThrownBy(() -> new TensorSignature(List.of(INPUT, INPUT), List.of(LABEL)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use tensor signature 'input': two inputs have this name, expected distinct names");
        assertThatThrownBy(() -> new TensorSignature(List.of(INPUT), List.of()))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("it has no output");
        TensorSpec map = TensorSpec.of("m", ValueStructure.STRING_MAP, DataType.FP32);
        assertThatThrownBy(() -> TensorSignature.of(map, LABEL))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("an input cannot be a list or a map");
    }

    @Test
    void specRefusesWhatContradictsItself() {
        assertThatThrownBy(LABEL::onlyFinite)
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("elements of type INT64 are always finite");
        assertThatThrownBy(() -> TensorSpec.of("a\nb", DataType.FP32, 1))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("'a\\u000ab'");
        assertThatThrownBy(() -> new TensorSpec("m", ValueStructure.SEQUENCE, DataType.FP32, Shape.SCALAR, false))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("a SEQUENCE has no shape");
        assertThat(INPUT.onlyFinite()).hasToString("input FP32[batch,64] finite");
    }

    @Test
    void dataTypesKnowTheirSizes() {
        assertThat(DataType.FP32.byteSize()).isEqualTo(4);
        assertThat(DataType.BYTES.byteSize()).isZero();
        assertThat(DataType.BF16.isFloatingPoint()).isTrue();
        assertThat(DataType.UINT16.isUnsigned()).isTrue();
        assertThat(DataType.UINT16.isInteger()).isTrue();
        assertThat(DataType.BOOL.isInteger()).isFalse();
    }
}
