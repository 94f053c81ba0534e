package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every reader of text: whatever it is given, it answers quickly, with a value that round-trips or with one exception.
 */
class HostileTextTest {
    private static final Map<String, Function<String, Object>> READERS = readers();
    private static final List<String> FRAGMENTS = List.of(
            "1",
            "0",
            "01",
            "9007199254740991",
            "9007199254740992",
            "x",
            "*",
            ".",
            "..",
            "-",
            "+",
            "^",
            "~",
            "~>",
            "<",
            ">=",
            "=",
            "v",
            "|",
            "||",
            " ",
            "  ",
            "\t",
            "\n",
            "\0",
            "@",
            "#",
            ":",
            "/",
            "\\",
            "sha256:",
            "a",
            "Z",
            "con",
            "nul.x",
            "latest",
            "production",
            "user:",
            "service:",
            "é",
            "\u202e",
            "\ud800",
            "\udc00",
            "\uff11",
            "1.2.3",
            "1.0.0-rc.1",
            " - ",
            "default/",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    static Stream<String> readerNames() {
        return READERS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("readerNames")
    void throwsNothingButItsOwnExceptionAndRoundTripsTheRest(String name) {
        Function<String, Object> reader = READERS.get(name);
        long seed = 20_261_120;
        Random random = new Random(seed);
        for (int i = 0; i < 6_000; i++) {
            StringBuilder out = new StringBuilder();
            for (int n = random.nextInt(9); n >= 0; n--) {
                out.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
            }
            String text = out.toString();
            Object value = readOrMessage(reader, text, seed);
            if (!(value instanceof String)) {
                Object again = readOrMessage(reader, value.toString(), seed);
                if (!value.equals(again) || !value.toString().equals(again.toString())) {
                    throw new AssertionError("'" + text + "' became " + value + ", then " + again + ", seed " + seed);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("readerNames")
    void refusesHugeTextWithoutReadingIt(String name) {
        Function<String, Object> reader = READERS.get(name);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (String piece : List.of(
                    "a",
                    "1.",
                    "1",
                    "-",
                    "1||",
                    " ",
                    "=",
                    "v",
                    "1.0.0-a.",
                    "1 - ",
                    "^",
                    "/",
                    "a/",
                    "é",
                    "user:",
                    "sha256:")) {
                String huge = piece.repeat(100_000 / piece.length());
                for (String text :
                        List.of(huge, "1.0.0-" + huge, "a:" + huge, "a@" + huge, "a#1" + huge, ">=" + huge)) {
                    for (int i = 0; i < 5; i++) {
                        assertThat(readOrMessage(reader, text, 0)).isInstanceOf(String.class);
                    }
                }
            }
        });
    }

    @Test
    void cutsHugeTextInMessages() {
        for (Function<String, Object> reader : READERS.values()) {
            Object message = readOrMessage(reader, "user:" + "!\n".repeat(50_000), 0);
            assertThat(message.toString().length()).isLessThan(1_500);
            assertThat(message.toString()).doesNotContain("\n").contains("characters");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024})
    void readsTheLongestRangesInLinearTime(int length) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (String piece : List.of("1 ", ">1.0.0-a ", "1||", "<2.0.0-a.b.c.d ", ">=0.0.0 ")) {
                String text = piece.repeat(length / piece.length() - 1) + "1";
                for (int i = 0; i < 50; i++) {
                    VersionRange range = VersionRange.parse(text);
                    assertThat(range.contains(ModelVersion.FIRST)).isIn(true, false);
                }
            }
        });
    }

    @Test
    void refusesNullByName() {
        for (Map.Entry<String, Function<String, Object>> reader : READERS.entrySet()) {
            assertThatExceptionOfType(NullPointerException.class)
                    .as(reader.getKey())
                    .isThrownBy(() -> reader.getValue().apply(null));
        }
    }

    private static Object readOrMessage(Function<String, Object> reader, String text, long seed) {
        try {
            return reader.apply(text);
        } catch (InvalidValueException refused) {
            return String.valueOf(refused.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("'" + text + "' is refused with another exception, seed " + seed, e);
        }
    }

    private static Map<String, Function<String, Object>> readers() {
        Map<String, Function<String, Object>> readers = new LinkedHashMap<>();
        readers.put("ModelName", ModelName::parse);
        readers.put("ModelVersion", ModelVersion::parse);
        readers.put("VersionRange", VersionRange::parse);
        readers.put("ModelRef", ModelRef::parse);
        readers.put("Digest", Digest::parse);
        readers.put("Alias", Alias::of);
        readers.put("ArtifactPath", ArtifactPath::of);
        readers.put("Principal", Principal::parse);
        readers.put("RiskTier", RiskTier::parse);
        return readers;
    }
}
