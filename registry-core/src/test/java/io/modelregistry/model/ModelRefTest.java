package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelRefTest {
    private static final ModelName NAME = ModelName.parse("nlp/sentiment");
    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    static Stream<Arguments> forms() {
        ModelVersion version = ModelVersion.parse("1.4.0");
        return Stream.of(
                Arguments.of("", ModelRef.newest(NAME), false),
                Arguments.of(":1.4.0", ModelRef.of(NAME, version), true),
                Arguments.of(":1.4.0-rc.1+b", ModelRef.of(NAME, ModelVersion.parse("1.4.0-rc.1+b")), true),
                Arguments.of(":^1.2", ModelRef.of(NAME, VersionRange.parse("^1.2")), false),
                Arguments.of(":3", ModelRef.of(NAME, VersionRange.parse("3.x")), false),
                Arguments.of(":1.4", ModelRef.of(NAME, VersionRange.parse("~1.4")), false),
                Arguments.of(":*", ModelRef.of(NAME, VersionRange.parse("*")), false),
                Arguments.of(":=1.4.0", ModelRef.of(NAME, VersionRange.parse("1.4.0")), false),
                Arguments.of(":1.4.0 - 2.0.0", ModelRef.of(NAME, VersionRange.parse("1.4.0 - 2.0.0")), false),
                Arguments.of(":1.4.0-a||2", ModelRef.of(NAME, VersionRange.parse("1.4.0-a||2")), false),
                Arguments.of(":>=1.0.0 <2 || 4", ModelRef.of(NAME, VersionRange.parse(">=1.0.0 <2 || 4")), false),
                Arguments.of("#3", ModelRef.sequence(NAME, 3), true),
                Arguments.of("@production", ModelRef.labelled(NAME, "production"), false),
                Arguments.of("@" + DIGEST, ModelRef.of(NAME, DIGEST), true),
                Arguments.of(":1.4.0@" + DIGEST, ModelRef.of(NAME, version, DIGEST), true));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void readsAndPrintsEachForm(String selector, ModelRef expected, boolean fixed) {
        ModelRef ref = ModelRef.parse("nlp/sentiment" + selector);

        assertThat(ref).isEqualTo(expected).hasSameHashCodeAs(expected).hasToString("nlp/sentiment" + selector);
        assertThat(ModelRef.parse(expected.toString())).isEqualTo(expected);
        assertThat(ref.isFixed()).isEqualTo(fixed);
        assertThat(ModelRef.parse("NLP/Sentiment" + selector)).isEqualTo(expected);
    }

    @Test
    void keepsARangeThatReadsLikeAVersionARange() {
        ModelRef range = ModelRef.of(NAME, VersionRange.parse("1.4.0"));

        assertThat(ModelRef.parse(range.toString()))
                .isEqualTo(range)
                .isNotEqualTo(ModelRef.parse("nlp/sentiment:1.4.0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; model name ''; the name is empty",
                ":1.0.0; model name ''; the name is empty",
                "a/b/c:1; model name 'a/b/c'; it has more than one '/', and groups do not nest",
                "a:; model reference 'a:'; nothing follows the ':'",
                "a#; model reference 'a#'; nothing follows the '#'",
                "a@; model reference 'a@'; nothing follows the '@'",
                "'a '; model reference 'a '; it starts or ends with white space",
                "'a:1.0.0 '; model reference 'a:1.0.0 '; it starts or ends with white space",
                "a:01.0.0; model version '01.0.0'; at column 1 the major number has a leading zero",
                "a:1.0.0-; model version '1.0.0-'; at column 7 a pre-release identifier is missing, the text ends",
                "a:latest; version range 'latest'; at column 1 a number, 'x' or '*' is missing, there is 'l'",
                "a:1.0.0.0; model version '1.0.0.0'; at column 6 the version should be at its end, there is '.'",
                "a:^1.; version range '^1.'; at column 4 a number, 'x' or '*' is missing, the text ends",
                "a:b@c; model reference 'a:b@c'; a digest stands behind something that is not one full version",
                "a:1.0.0@production; digest 'production'; it does not start with 'sha256:'",
                "a:1.0.0@sha256:00; digest 'sha256:00'; it has 9 characters instead of 71",
                "a@sha256:00; digest 'sha256:00'; it has 9 characters instead of 71",
                "a@sha512:00; label 'sha512:00'; character 7 is ':'",
                "a@b@c; label 'b@c'; character 2 is '@'",
                "a@latest; label 'latest'; the newest release is the model's name alone",
                "a@1.0.0; label '1.0.0'; it starts with '1' and not with a letter",
                "a#0; model reference 'a#0'; the sequence number starts with a zero, and the first version is number 1",
                "a#01; model reference 'a#01'; the sequence number starts with a zero",
                "a#-1; model reference 'a#-1'; what follows the '#' is not a number",
                "a#1.0; model reference 'a#1.0'; what follows the '#' is not a number",
                "a#9007199254740992; model reference 'a#9007199254740992'; the sequence number is larger than",
                "a#99999999999999999999999; model reference 'a#99999999999999999999999'; the sequence number is larger",
            })
    void saysWhichPartIsWrongAndWhy(String text, String what, String why) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelRef.parse(text))
                .withMessageStartingWith("Cannot use " + what + ": " + why)
                .withMessageContaining(", expected ");
    }

    @Test
    void refusesSequenceNumbersBelowOne() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelRef.sequence(NAME, 0))
                .withMessage("Cannot use sequence number '0': it is not between 1 and 9007199254740991, expected a"
                        + " number that a published version has");
    }
}
