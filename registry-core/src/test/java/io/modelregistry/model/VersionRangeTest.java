package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionRangeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "^1.2; >=1.2.0 <2.0.0-0",
                "^0; <1.0.0-0",
                "^0.0; <0.1.0-0",
                "^0.3.1; >=0.3.1 <0.4.0-0",
                "~1.2.3; >=1.2.3 <1.3.0-0",
                "3; >=3.0.0 <4.0.0-0",
                "=1.2.3; 1.2.3",
                "1.2 - 1.4; >=1.2.0 <1.5.0-0",
                "1.2.3 - 1.4.5; >=1.2.3 <=1.4.5",
                ">1 <=2.1; >=2.0.0 <2.2.0-0",
                "* >0.2.2; >0.2.2",
                "<1 >2; <0.0.0-0",
                "<1 >2 || 3.0.0; 3.0.0",
                "2 || 1 || 2; >=1.0.0 <2.0.0-0 || >=2.0.0 <3.0.0-0",
                "1 || * || 1.0.0-rc; *",
                ">=1.2.3-a >=1.2.3-a; >=1.2.3-a",
                ">=1.2.3-a <2 >=1.2.4-b <3.0.0-c; >=1.2.4-b <2.0.0-0",
                ">=1.0.0 <2 <1.9.9-x <1.5.0; >=1.0.0 <1.5.0",
                ">1.0.0 >=1.0.0 <2.0.0 <=2.0.0; >1.0.0 <2.0.0",
                ">=9007199254740991; >=9007199254740991.0.0",
            })
    void hasANormalFormThatEqualityGoesBy(String text, String normalForm) {
        VersionRange range = VersionRange.parse(text);

        assertThat(range.normalForm()).isEqualTo(normalForm);
        assertThat(range).isEqualTo(VersionRange.parse(normalForm)).hasSameHashCodeAs(VersionRange.parse(normalForm));
        assertThat(range).isNotEqualTo(VersionRange.parse("77.x")).isNotEqualTo(text);
    }

    @Test
    void tellsRangesApartThatAdmitOtherPreReleases() {
        VersionRange bare = VersionRange.parse(">=1.0.0 <3.0.0");
        VersionRange naming =
                VersionRange.parse(">=1.0.0 <3.0.0 >=0.9.0 >0.5.0-a <2.0.0 || >=1.0.0 >=0.1.0-a <2.0.0 <2.5.0-b");
        VersionRange middle = VersionRange.parse(">=1.0.0-a >=1.0.0-b <3.0.0 <=3.0.0-rc");

        assertThat(naming.normalForm()).isEqualTo(">=1.0.0 <2.0.0");
        assertThat(naming).isNotEqualTo(bare);
        assertThat(middle.normalForm()).isEqualTo(">=1.0.0-b <=3.0.0-rc");
        assertThat(VersionRange.parse("<2.0.0 <3.0.0-a >1.0.0-a >0.1.0").normalForm())
                .isEqualTo(">1.0.0-a <2.0.0");
        assertThat(VersionRange.parse(">1.0.0 <2.0.0-a <2.0.0-c").contains(ModelVersion.parse("2.0.0-0")))
                .isTrue();
    }

    @Test
    void printsItsTextWithSingleSpaces() {
        assertThat(VersionRange.parse(" \t>=1.0.0\n <2.0.0||  3.x ")).hasToString(">=1.0.0 <2.0.0|| 3.x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; at column 1 a number, 'x' or '*' is missing, the text ends",
                "'  '; at column 3 a number, 'x' or '*' is missing, the text ends",
                "latest; at column 1 a number, 'x' or '*' is missing, there is 'l'",
                "foo; at column 1 a number, 'x' or '*' is missing, there is 'f'",
                "||; at column 1 a number, 'x' or '*' is missing, there is '|'",
                "1.2 ||; at column 7 a number, 'x' or '*' is missing, the text ends",
                "1.2 | 3; at column 6 '||' is incomplete, there is U+0020",
                "[1.0,2.0); at column 1 a number, 'x' or '*' is missing, there is '['",
                "1.0,2.0; at column 4 a comparator should be at its end, there is ','",
                "1.2 &&; at column 5 a number, 'x' or '*' is missing, there is '&'",
                ">=; at column 3 a number, 'x' or '*' is missing, the text ends",
                "1.2 >; at column 6 a number, 'x' or '*' is missing, the text ends",
                "1.2 -; at column 5 a number, 'x' or '*' is missing, there is '-'",
                "1.2 - ; at column 5 a number, 'x' or '*' is missing, there is '-'",
                "'1.2 - '; at column 7 a number, 'x' or '*' is missing, the text ends",
                "1.2 - <3; at column 5 a hyphen stands between two versions without operators",
                ">1.2 - 3; at column 6 a hyphen stands between two versions without operators",
                "1.2 - 3 4; at column 9 a hyphen range should be at its end, there is '4'",
                "1.2 3 - 4; at column 7 a number, 'x' or '*' is missing, there is '-'",
                "1.02; at column 3 the minor number has a leading zero",
                "1.2.; at column 5 a number, 'x' or '*' is missing, the text ends",
                "1.2-rc; at column 4 pre-release identifiers stand behind less than three numbers",
                "1.x.2; at column 1 a number stands behind an open one",
                ">x.2; at column 2 a number stands behind an open one",
                "==1.2.3; at column 2 only one 'v' may stand before a full version",
                "^1.2.3.4; at column 7 a comparator should be at its end, there is '.'",
                "1.2.3-01; at column 7 the pre-release identifier '01' has a leading zero",
                "9007199254740992.x; at column 1 the major number is larger than 9007199254740991",
                ">1 ^9007199254740991.0.0; at column 4 no version is as large as the bound that this means",
                "2 - 9007199254740991.x; at column 1 no version is as large as the bound that this means",
                "<2 \u00a0>1; at column 4 a number, 'x' or '*' is missing, there is U+00A0",
            })
    void namesTheColumnOfWhatItRefuses(String text, String why) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> VersionRange.parse(text))
                .withMessage(
                        "Cannot use version range '%s': %s, expected comparators such as '^1.2', '>=1.0.0 <2.0.0' or"
                                + " '1.x || 3.0.0'",
                        text, why)
                .returns("version range", InvalidValueException::thing);
    }

    @Test
    void refusesWhatIsTooLong() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> VersionRange.parse("1 ".repeat(513)))
                .withMessageContaining("it has 1026 characters, at most 1024");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> VersionRange.parse(">1.0.0-" + "a".repeat(123)))
                .withMessageContaining("at column 2 a version has 129 characters, at most 128");
    }

    @Test
    void knowsItsBounds() {
        VersionRange range = VersionRange.parse("^1.2 || 3.0.0 - 3.5.0");

        assertThat(range.lowerBound()).contains(ModelVersion.parse("1.2.0"));
        assertThat(range.upperBound()).contains(ModelVersion.parse("3.5.0"));
        assertThat(VersionRange.parse(">1 || 0.1.0").lowerBound()).contains(ModelVersion.parse("0.1.0"));
        assertThat(VersionRange.parse(">1 || 0.1.0").upperBound()).isEmpty();
        assertThat(VersionRange.parse("<1 || 2").lowerBound()).isEmpty();
        assertThat(range.mayContainBetween(ModelVersion.parse("0.1.0"), ModelVersion.parse("1.1.9")))
                .isFalse();
        assertThat(range.mayContainBetween(ModelVersion.parse("0.1.0"), ModelVersion.parse("1.2.0")))
                .isTrue();
        assertThat(range.mayContainBetween(ModelVersion.parse("2.0.0"), ModelVersion.parse("2.9.0")))
                .isFalse();
        assertThat(range.mayContainBetween(ModelVersion.parse("3.5.0"), ModelVersion.parse("9.9.0")))
                .isTrue();
        assertThat(range.mayContainBetween(ModelVersion.parse("3.5.1"), ModelVersion.parse("9.9.0")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsTheNewestThatALinearSearchFinds(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            NavigableSet<ModelVersion> versions = Stream.generate(() -> version(random))
                    .limit(random.nextInt(60))
                    .collect(Collectors.toCollection(TreeSet::new));
            List<ModelVersion> newestFirst = new ArrayList<>(versions.descendingSet());
            NavigableSet<ModelVersion> reversed = new TreeSet<>(Comparator.reverseOrder());
            reversed.addAll(versions);
            VersionRange range = VersionRange.parse(range(random));
            Optional<ModelVersion> expected =
                    newestFirst.stream().filter(range::contains).findFirst();

            assertThat(range.newestIn(versions))
                    .as("%s of %s, seed %d", range, versions, seed)
                    .isEqualTo(expected);
            assertThat(range.newestIn(versions.descendingSet())).isEqualTo(expected);
            assertThat(range.newestIn(reversed)).isEqualTo(expected);
            assertThat(range.newestIn(newestFirst)).isEqualTo(expected);
            versions.stream().filter(range::contains).forEach(inside -> {
                assertThat(range.lowerBound().orElse(inside)).isLessThanOrEqualTo(inside);
                assertThat(range.upperBound().orElse(inside)).isGreaterThanOrEqualTo(inside);
                assertThat(range.mayContainBetween(inside, inside)).isTrue();
                assertThat(range.mayContainBetween(versions.first(), versions.last()))
                        .isTrue();
            });
        }
    }

    @Test
    void passesManyPreReleasesOverAtOnce() {
        CountingList versions = new CountingList();
        for (int i = 20_000; i > 0; i--) {
            versions.elements.add(ModelVersion.parse("1.9.0-nightly." + i));
        }
        versions.elements.add(ModelVersion.parse("1.8.0"));

        assertThat(VersionRange.parse("^1.2").newestIn(versions)).contains(ModelVersion.parse("1.8.0"));
        assertThat(versions.reads).isLessThan(50);
    }

    private static ModelVersion version(Random random) {
        String core = random.nextInt(4) + "." + random.nextInt(3) + "." + random.nextInt(3);
        return ModelVersion.parse(random.nextBoolean() ? core : core + "-" + "abc".charAt(random.nextInt(3)));
    }

    private static String range(Random random) {
        List<String> operators = List.of("", "^", "~", ">", ">=", "<", "<=");
        String comparators = Stream.generate(() -> operators.get(random.nextInt(operators.size())) + version(random))
                .limit(1 + random.nextInt(2))
                .collect(Collectors.joining(" "));
        return random.nextInt(3) > 0 ? comparators : comparators + " || " + range(random);
    }

    private static final class CountingList extends AbstractList<ModelVersion> {
        private final List<ModelVersion> elements = new ArrayList<>();
        private int reads;

        @Override
        public ModelVersion get(int index) {
            reads++;
            return elements.get(index);
        }

        @Override
        public int size() {
            return elements.size();
        }
    }
}
