package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.semver4j.Semver;

class ModelVersionTest {
    @Test
    void readsAllPartsAndPrintsThemAgain() {
        ModelVersion version = ModelVersion.parse("1.20.300-rc.1.x-Y+build.007");

        assertThat(version.major()).isEqualTo(1);
        assertThat(version.minor()).isEqualTo(20);
        assertThat(version.patch()).isEqualTo(300);
        assertThat(version.prerelease()).containsExactly("rc", "1", "x-Y");
        assertThat(version.build()).isEqualTo("build.007");
        assertThat(version.isStable()).isFalse();
        assertThat(version.key()).isEqualTo("1.20.300-rc.1.x-y");
        assertThat(version).hasToString("1.20.300-rc.1.x-Y+build.007");
    }

    @Test
    void hasNoPreReleaseOrBuildUnlessThereIsOne() {
        ModelVersion version = ModelVersion.parse("0.0.0");

        assertThat(version.prerelease()).isEmpty();
        assertThat(version.build()).isEmpty();
        assertThat(version.isStable()).isTrue();
        assertThat(ModelVersion.FIRST).hasToString("1.0.0").isEqualTo(ModelVersion.of(1, 0, 0));
    }

    @Test
    void takesTheLargestNumbersAndTheLongestText() {
        String largest = "9007199254740991.9007199254740991.9007199254740991";
        String longest = "1.0.0-" + "a".repeat(ModelVersion.MAX_LENGTH - 6);
        String manyIdentifiers = "1.0.0-" + "1.".repeat(60) + "x";

        assertThat(ModelVersion.parse(largest)).hasToString(largest);
        assertThat(ModelVersion.parse(longest)).hasToString(longest);
        assertThat(ModelVersion.parse(manyIdentifiers).prerelease()).hasSize(61);
        assertThat(ModelVersion.parse("1.0.20261120212345").patch()).isEqualTo(20_261_120_212_345L);
    }

    @Test
    void ordersAsTheSpecificationDoes() {
        List<ModelVersion> ascending = Stream.of(
                        "0.0.0-0",
                        "0.0.0",
                        "0.0.1",
                        "0.1.0",
                        "1.0.0-0",
                        "1.0.0-9",
                        "1.0.0-10",
                        "1.0.0-99999999999999999999",
                        "1.0.0-100000000000000000000",
                        "1.0.0--",
                        "1.0.0-1a",
                        "1.0.0-A",
                        "1.0.0-alpha",
                        "1.0.0-alpha.1",
                        "1.0.0-alpha.beta",
                        "1.0.0-beta",
                        "1.0.0-beta.2",
                        "1.0.0-beta.11",
                        "1.0.0-rc.1",
                        "1.0.0",
                        "1.0.1-x",
                        "1.2.0",
                        "1.10.0",
                        "2.0.0",
                        "10.0.0")
                .map(ModelVersion::parse)
                .toList();
        List<ModelVersion> shuffled = new ArrayList<>(ascending);
        Collections.shuffle(shuffled, new Random(7));

        assertThat(shuffled.stream().sorted()).containsExactlyElementsOf(ascending);
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                ModelVersion left = ascending.get(i);
                ModelVersion right = ascending.get(j);
                assertThat(Integer.signum(left.compareTo(right)))
                        .as("%s against %s", left, right)
                        .isEqualTo(Integer.signum(i - j));
                assertThat(left.equals(right)).isEqualTo(i == j);
            }
        }
    }

    @Test
    void agreesWithSemver4jWhereThatKeepsToTheSpecification() {
        long seed = 20_261_120;
        Random random = new Random(seed);
        // It orders "-" and "1a" among the numbers, where the specification puts them behind.
        String[] identifiers = {"0", "1", "2", "10", "11", "a", "b", "alpha", "A", "rc", "rc1", "x-y"};
        ModelVersion previous = ModelVersion.FIRST;
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder()
                    .append(random.nextInt(3))
                    .append('.')
                    .append(random.nextInt(3))
                    .append('.')
                    .append(random.nextInt(3));
            for (int n = random.nextInt(4); n > 0; n--) {
                text.append(text.indexOf("-") < 0 ? '-' : '.').append(identifiers[random.nextInt(identifiers.length)]);
            }
            ModelVersion version = ModelVersion.parse(text.toString());
            Semver theirs = new Semver(text.toString());

            assertThat(Integer.signum(version.compareTo(previous)))
                    .as("%s against %s, seed %d", version, previous, seed)
                    .isEqualTo(Integer.signum(theirs.compareTo(new Semver(previous.toString()))));
            assertThat(version.equals(previous)).isEqualTo(version.compareTo(previous) == 0);
            assertThat(version.prerelease()).isEqualTo(theirs.getPreRelease());
            previous = version;
        }
    }

    @Test
    void isTheSameVersionWhateverItsBuildMetadata() {
        ModelVersion one = ModelVersion.parse("1.0.0-rc.1+a");
        ModelVersion two = ModelVersion.parse("1.0.0-rc.1+b");

        assertThat(one).isEqualTo(two).hasSameHashCodeAs(two).isEqualByComparingTo(two);
        assertThat(one.key()).isEqualTo("1.0.0-rc.1");
        assertThat(one.collidesByCase(two)).isFalse();
        assertThat(one.sameKey(two)).isTrue();
    }

    @Test
    void tellsVersionsApartThatShareAKey() {
        ModelVersion upper = ModelVersion.parse("1.0.0-RC");
        ModelVersion lower = ModelVersion.parse("1.0.0-rc");

        assertThat(upper).isNotEqualTo(lower).isNotEqualByComparingTo(lower).isNotEqualTo("1.0.0-RC");
        assertThat(upper.sameKey(lower)).isTrue();
        assertThat(upper.collidesByCase(lower)).isTrue();
        assertThat(upper.collidesByCase(ModelVersion.FIRST)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3, 1.2.4, 1.3.0, 2.0.0",
        "0.0.0, 0.0.1, 0.1.0, 1.0.0",
        "1.2.3-rc.1, 1.2.3, 1.3.0, 2.0.0",
        "1.2.0-rc.1, 1.2.0, 1.2.0, 2.0.0",
        "2.0.0-rc.1, 2.0.0, 2.0.0, 2.0.0",
        "1.2.3+build, 1.2.4, 1.3.0, 2.0.0",
    })
    void countsUpToALaterRelease(String text, String patch, String minor, String major) {
        ModelVersion version = ModelVersion.parse(text);

        assertThat(version.nextPatch()).hasToString(patch).isGreaterThan(version);
        assertThat(version.nextMinor()).hasToString(minor).isGreaterThan(version);
        assertThat(version.nextMajor()).hasToString(major).isGreaterThan(version);
    }

    @Test
    void refusesToCountBeyondTheLargestNumber() {
        ModelVersion last = ModelVersion.of(0, 0, ModelVersion.MAX_NUMBER);

        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(last::nextPatch)
                .withMessageContaining("the number 9007199254740992 is not between 0 and 9007199254740991");
        assertThat(last.nextMinor()).hasToString("0.1.0");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T21:23:45Z, 2026.1120.212345",
        "2027-01-05T00:00:09Z, 2027.105.9",
        "2027-01-05T00:00:09.999Z, 2027.105.9",
        "2026-12-31T23:59:59Z, 2026.1231.235959",
        "2027-01-01T00:00:00Z, 2027.101.0",
    })
    void namesAMomentInUtc(Instant moment, String version) {
        assertThat(ModelVersion.ofTimestamp(moment)).hasToString(version);
    }

    @Test
    void givesLaterSecondsLaterVersions() {
        Instant moment = Instant.parse("1999-12-31T23:00:00Z");
        ModelVersion previous = ModelVersion.ofTimestamp(moment.minusSeconds(1));
        Random random = new Random(3);
        for (int i = 0; i < 5_000; i++) {
            ModelVersion version = ModelVersion.ofTimestamp(moment);
            assertThat(version).as(moment.toString()).isGreaterThan(previous);
            previous = version;
            moment = moment.plusSeconds(1L + random.nextInt(i % 100 == 0 ? 40_000_000 : 100));
        }
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelVersion.ofTimestamp(Instant.MIN))
                .withMessageContaining(
                        "Cannot use timestamp '-1000000000-01-01T00:00:00Z': its year does not make a version, expected a year from 0"
                                + " to 9999");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''               | at column 1 the major number is missing, the text ends",
                "v1.2.3           | at column 1 a version has no 'v' in front of it",
                "=1.2.3           | at column 1 the major number is missing, there is '='",
                "1                | at column 2 '.' is missing before the minor number, the text ends",
                "1.2              | at column 4 '.' is missing before the patch number, the text ends",
                "1.2.             | at column 5 the patch number is missing, the text ends",
                "1..3             | at column 3 the minor number is missing, there is '.'",
                "1.2.x            | at column 5 the patch number is missing, there is 'x'",
                "01.2.3           | at column 1 the major number has a leading zero",
                "1.02.3           | at column 3 the minor number has a leading zero",
                "1.2.00           | at column 5 the patch number has a leading zero",
                "9007199254740992.0.0 | at column 1 the major number is larger than 9007199254740991",
                "1.2.3.4          | at column 6 the version should be at its end, there is '.'",
                "1.2.3-           | at column 7 a pre-release identifier is missing, the text ends",
                "1.2.3-a..b       | at column 9 a pre-release identifier is missing, there is '.'",
                "1.2.3-a.01       | at column 9 the pre-release identifier '01' has a leading zero",
                "1.2.3-ä          | at column 7 a pre-release identifier is missing, there is U+00E4",
                "1.2.3+           | at column 7 a build identifier is missing, the text ends",
                "1.2.3+a+b        | at column 8 the version should be at its end, there is '+'",
                "1.2.3+a.         | at column 9 a build identifier is missing, the text ends",
                "1.2.3 - 2.0.0    | at column 6 the version should be at its end, there is U+0020",
                "latest           | at column 1 the major number is missing, there is 'l'",
                "-1.0.0           | at column 1 the major number is missing, there is '-'",
                "１.0.0           | at column 1 the major number is missing, there is U+FF11",
            })
    void refusesWhatIsNotAFullVersion(String text, String why) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelVersion.parse(text))
                .withMessage(
                        "Cannot use model version '%s': %s, expected MAJOR.MINOR.PATCH with an optional -PRERELEASE and"
                                + " +BUILD, such as 1.4.0",
                        text, why);
    }

    @Test
    void refusesWhatIsTooLongBeforeReadingIt() {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelVersion.parse("1.0.0-" + "a".repeat(123)))
                .withMessageContaining("it has 129 characters, at most 128");
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ModelVersion.parse("1.0.0-" + "1.".repeat(20_000)))
                .withMessageContaining("it has 40006 characters, at most 128");
    }
}
