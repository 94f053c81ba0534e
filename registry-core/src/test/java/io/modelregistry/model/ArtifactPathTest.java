package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactPathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.onnx",
                "variables/variables.data-00000-of-00001",
                "a b/c (1)/~x_[2]+{3}@#$&'!,;=^`.bin",
                "console/con1.txt/auxiliary",
                "a..b/c...d"
            })
    void takesWhatIsAFileEverywhere(String text) {
        ArtifactPath path = ArtifactPath.of(text);

        assertThat(path).hasToString(text);
        assertThat(String.join("/", path.segments())).isEqualTo(text);
        assertThat(text).endsWith(path.name());
    }

    @Test
    void hasSegmentsAndAName() {
        ArtifactPath path = ArtifactPath.of("Assets/vocab/Words.txt");

        assertThat(path.segments()).containsExactly("Assets", "vocab", "Words.txt");
        assertThat(path.name()).isEqualTo("Words.txt");
        assertThat(path.folded()).isEqualTo("assets/vocab/words.txt");
        assertThat(ArtifactPath.of("a").name()).isEqualTo("a");
    }

    @Test
    void ordersByBytesAndIsEqualWhenSpelledAlike() {
        assertThat(ArtifactPath.of("B")).isLessThan(ArtifactPath.of("a"));
        assertThat(ArtifactPath.of("a-b")).isLessThan(ArtifactPath.of("a/b"));
        assertThat(ArtifactPath.of("a")).isEqualTo(ArtifactPath.of("a")).isNotEqualTo(ArtifactPath.of("A"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; it is empty",
                "/etc/passwd; it is absolute",
                "C:/a; character 2 is ':'",
                "a//b; it has an empty segment",
                "a/; it has an empty segment",
                "..; it contains '..'",
                "a/../b; it contains '..'",
                "./a; the segment '.' starts with a dot or a space",
                ".git/config; the segment '.git' starts with a dot or a space",
                "a/ b; the segment ' b' starts with a dot or a space",
                "a./b; the segment 'a.' ends with a dot or a space",
                "'a '; the segment 'a ' ends with a dot or a space",
                "a\\b; character 2 is '\\'",
                "a%2fb; character 2 is '%'",
                "a*; character 2 is '*'",
                "a?b; character 2 is '?'",
                "é; character 1 is U+00E9",
                "a/NUL; the segment 'NUL' is a device on Windows, where it cannot be a file",
                "aux.txt/b; the segment 'aux.txt' is a device on Windows, where it cannot be a file",
                "com3 .bin; the segment 'com3 .bin' is a device on Windows, where it cannot be a file",
            })
    void refusesWhatIsNotARelativePathEverywhere(String text, String why) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ArtifactPath.of(text))
                .withMessage(
                        "Cannot use artifact path '%s': %s, expected a relative path such as"
                                + " 'variables/variables.index'",
                        text, why);
    }

    @Test
    void refusesControlCharactersAndWhatIsTooLong() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ArtifactPath.of("a\0b"))
                .withMessageContaining("'a\\u0000b': character 2 is U+0000");
        assertThat(ArtifactPath.of("a".repeat(200) + "/" + "b".repeat(199)).value())
                .hasSize(400);
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ArtifactPath.of("a/".repeat(200) + "b"))
                .withMessageContaining("it has 401 characters, at most 400");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ArtifactPath.of("a".repeat(256)))
                .withMessageContaining("a segment has 256 characters, at most 255");
    }
}
