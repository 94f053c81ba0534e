package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that aliases and the labels of references share, and those that only aliases have. */
class LabelTest {
    private static final ModelName IRIS = ModelName.parse("iris");

    @ParameterizedTest
    @ValueSource(strings = {"champion", "Challenger_2", "a", "eu-west.1", "v", "vNext", "x"})
    void takesLettersDigitsAndThreeMarks(String text) {
        assertThat(Alias.of(text)).hasToString(text).isEqualTo(new Alias(text));
        assertThat(ModelRef.labelled(IRIS, text)).hasToString("iris@" + text);
    }

    @Test
    void keepsItsSpellingAndFindsTheSameInAnotherCase() {
        assertThat(Alias.of("Champion")).isNotEqualTo(Alias.of("champion")).isLessThan(Alias.of("champion"));
        assertThat(Alias.of("Champion").folded()).isEqualTo("champion");
    }

    @ParameterizedTest
    @CsvSource({
        "'', it is empty",
        "latest, the newest release is the model's name alone",
        "LATEST, the newest release is the model's name alone",
        "v1, it reads like a version",
        "V2.0.0-rc, it reads like a version",
        "1.0.0, 'it starts with ''1'' and not with a letter, which keeps labels apart from versions'",
        "_a, 'it starts with ''_'' and not with a letter, which keeps labels apart from versions'",
        "a/b, character 2 is '/'",
        "a b, character 2 is U+0020",
        "a:b, character 2 is ':'",
        "é, 'it starts with U+00E9 and not with a letter, which keeps labels apart from versions'",
    })
    void refusesWhatBreaksTheGrammarAsAliasAndAsLabel(String text, String why) {
        String expected = "': " + why + ", expected a letter, then letters, digits, '-', '_' or '.'";
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Alias.of(text))
                .withMessage("Cannot use alias '" + text + expected);
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelRef.labelled(IRIS, text))
                .withMessage("Cannot use label '" + text + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONE",
                "STAGING",
                "PRODUCTION",
                "ARCHIVED",
                "DRAFT",
                "SUBMITTED",
                "CHANGES_REQUESTED",
                "APPROVED_STAGING",
                "APPROVED_PROD",
                "DEPRECATED",
                "RETIRED",
                "production",
                "Staging"
            })
    void isNeverAStageOfThePresetsButALabelMayBe(String stage) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Alias.of(stage))
                .withMessage(
                        "Cannot use alias '%s': it is the name of a stage, expected a name that is not a stage, such as"
                                + " 'champion'",
                        stage);
        assertThat(ModelRef.labelled(IRIS, stage).selector()).isEqualTo(new Selector.Labelled(stage));
    }

    @Test
    void hasAtMost128Characters() {
        assertThat(Alias.of("a".repeat(128)).name()).hasSize(128);
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Alias.of("a".repeat(129)))
                .withMessageContaining("it has 129 characters, at most 128");
    }
}
