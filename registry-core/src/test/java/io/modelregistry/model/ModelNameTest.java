package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
    @ParameterizedTest
    @CsvSource({
        "sentiment, default, sentiment, sentiment, default/sentiment",
        "nlp/Sentiment, nlp, Sentiment, nlp/sentiment, nlp/sentiment",
        "NLP/a-b_c.d9, NLP, a-b_c.d9, nlp/a-b_c.d9, nlp/a-b_c.d9",
        "com/lpt, com, lpt, com/lpt, com/lpt",
        "com0/console, com0, console, com0/console, com0/console",
    })
    void readsAndPrintsGroupAndName(String text, String group, String name, String keyPath, String folded) {
        ModelName parsed = ModelName.parse(text);

        assertThat(parsed.group()).isEqualTo(group);
        assertThat(parsed.name()).isEqualTo(name);
        assertThat(parsed.keyPath()).isEqualTo(keyPath);
        assertThat(parsed.folded()).isEqualTo(folded);
        assertThat(parsed).hasToString(text).isEqualTo(ModelName.of(group, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default/iris", "DEFAULT/iris", "Default/iris"})
    void doesNotPrintTheDefaultGroupHoweverItIsSpelled(String text) {
        ModelName name = ModelName.parse(text);

        assertThat(name).hasToString("iris").isEqualTo(ModelName.parse("iris"));
        assertThat(name.isInDefaultGroup()).isTrue();
        assertThat(name.group()).isEqualTo(ModelName.DEFAULT_GROUP);
        assertThat(name.keyPath()).isEqualTo("iris");
    }

    @Test
    void isTheSameNameWhateverItsCase() {
        ModelName lower = ModelName.parse("nlp/sentiment");
        ModelName upper = ModelName.parse("NLP/Sentiment");

        assertThat(upper).isEqualTo(lower).hasSameHashCodeAs(lower).isEqualByComparingTo(lower);
        assertThat(upper).hasToString("NLP/Sentiment");
        assertThat(upper.keyPath()).isEqualTo(lower.keyPath());
        assertThat(lower).isNotEqualTo(ModelName.parse("sentiment")).isNotEqualTo("nlp/sentiment");
    }

    @Test
    void keepsTheModelsOfAGroupTogether() {
        assertThat(ModelName.parse("a/z")).isLessThan(ModelName.parse("B/a"));
        assertThat(ModelName.parse("b")).isGreaterThan(ModelName.parse("b/b")).isLessThan(ModelName.parse("e/a"));
    }

    @Test
    void takesTheLongestParts() {
        String longest = "a".repeat(ModelName.MAX_PART_LENGTH);

        assertThat(ModelName.parse(longest + "/" + longest).name()).isEqualTo(longest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "''          | the name is empty",
                "/           | the group is empty",
                "a/          | the name is empty",
                "/a          | the group is empty",
                "a/b/c       | it has more than one '/', and groups do not nest",
                "..          | the name starts with '.' and not with a letter, which keeps names apart from version folders",
                "a/..        | the name starts with '.' and not with a letter, which keeps names apart from version folders",
                "1a          | the name starts with '1' and not with a letter, which keeps names apart from version folders",
                "9/a         | the group starts with '9' and not with a letter, which keeps names apart from version folders",
                "_meta       | the name starts with '_' and not with a letter, which keeps names apart from version folders",
                "a..b        | the name contains '..'",
                "a.          | the name ends in a dot",
                "a./b        | the group ends in a dot",
                "a b         | character 2 of the name is U+0020",
                "a\\b        | character 2 of the name is '\\'",
                "g/ab:c      | character 3 of the name is ':'",
                "naïve       | character 3 of the name is U+00EF",
                "ab~c        | character 3 of the name is '~'",
                "CON         | the name is a device on Windows, where it cannot be a folder",
                "prn/a       | the group is a device on Windows, where it cannot be a folder",
                "a/Aux       | the name is a device on Windows, where it cannot be a folder",
                "nul.onnx    | the name is a device on Windows, where it cannot be a folder",
                "COM1        | the name is a device on Windows, where it cannot be a folder",
                "lpt9.a.b    | the name is a device on Windows, where it cannot be a folder",
            })
    void refusesWhatBreaksTheGrammar(String text, String why) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelName.parse(text))
                .withMessage(
                        "Cannot use model name '%s': %s, expected a letter, then letters, digits, '-', '_' or '.',"
                                + " optionally behind 'group/'",
                        text, why)
                .returns(ErrorCode.INVALID, InvalidValueException::code)
                .returns("model name", InvalidValueException::thing)
                .returns(text, InvalidValueException::value);
    }

    @Test
    void refusesWhatIsTooLongAndControlCharacters() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelName.parse("a".repeat(300)))
                .withMessageContaining("it has 300 characters, at most 257");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelName.parse("a".repeat(129)))
                .withMessageContaining("the name has 129 characters, at most 128");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelName.of("a".repeat(100_000), "b"))
                .withMessageContaining("the group has 100000 characters, at most 128");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelName.parse("a\0b"))
                .withMessageContaining("'a\\u0000b': character 2 of the name is U+0000");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelName.of("g", "a/b"))
                .withMessageContaining("character 2 of the name is '/'");
    }
}
