package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameworkTest {
    @Test
    void anUnknownVersionIsAbsentHoweverItIsWritten() {
        assertThat(Framework.of("fake").version()).isEmpty();
        assertThat(Framework.of("fake", "")).isEqualTo(Framework.of("fake"));
        assertThat(Framework.of("fake", "unknown"))
                .isEqualTo(Framework.of("fake"))
                .hasSameHashCodeAs(Framework.of("fake"));
    }

    @Test
    void theVersionIsKept() {
        Framework framework = Framework.ONNX.withVersion("opset13");
        assertThat(framework.name()).isEqualTo("onnx");
        assertThat(framework.version()).contains("opset13");
        assertThat(framework).isNotEqualTo(Framework.ONNX).isEqualTo(Framework.of("onnx", "opset13"));
        assertThat(framework.sameNameAs(Framework.ONNX)).isTrue();
        assertThat(framework.sameNameAs(Framework.KERAS)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "onnx opset13", "my-own_format.2 1.0+cpu"})
    void textRoundTrips(String text) {
        assertThat(Framework.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ONNX", "9x", "a/b", "a\u0000", "..", "-a", "caf\u00e9"})
    void namesOutsideTheGrammarAreRefused(String name) {
        assertThatThrownBy(() -> Framework.of(name))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("Cannot use framework name '")
                .hasMessageContaining("expected a letter, then letters");
    }

    @Test
    void overlongNamesAndVersionsAreRefused() {
        assertThat(Framework.of("x".repeat(64), "9".repeat(128)).name()).hasSize(64);
        assertThatThrownBy(() -> Framework.of("x".repeat(65))).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Framework.of("x", "9".repeat(129)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("at most 128 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 0", " ", "1\n", "\u00e9"})
    void versionsThatAreNoTokenAreRefused(String version) {
        assertThatThrownBy(() -> Framework.ONNX.withVersion(version))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("Cannot use framework version '");
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx ", "onnx unknown"})
    void textWithAnEmptyVersionIsRefused(String text) {
        assertThatThrownBy(() -> Framework.parse(text))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("its version is empty");
    }

    @ParameterizedTest
    @EnumSource(FileKind.class)
    void fileKindsRoundTrip(FileKind kind) {
        assertThat(FileKind.parse(kind.toString())).isSameAs(kind);
        assertThat(kind.toString()).isLowerCase();
    }

    @Test
    void anUnknownFileKindIsRefused() {
        assertThatThrownBy(() -> FileKind.parse("WEIGHTS"))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage(
                        "Cannot use file kind 'WEIGHTS': there is no such kind, expected weights, config, tokenizer, container,"
                                + " example, documentation or other");
    }
}
