package io.modelregistry.model;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The version of a model, by <a href="https://semver.org/spec/v2.0.0.html">Semantic Versioning 2.0.0</a>:
 * {@code 1.4.0}, {@code 2.0.0-rc.1+build.7}.
 *
 * <ul>
 *   <li>Read strictly: no {@code v} in front, always three numbers, no leading zeros, at most {@value #MAX_LENGTH}
 *       characters, numbers up to {@value #MAX_NUMBER} (the largest that every JSON reader keeps exact).
 *   <li>Ordered by the specification's precedence, with which {@link #equals} agrees: build metadata is kept in the
 *       text and makes no other version.
 *   <li>{@link #key()} is what storage keys are made of. Two versions may differ and share a key ({@code 1.0.0-RC} and
 *       {@code 1.0.0-rc}); a registry refuses the second, see {@link #collidesByCase}.
 * </ul>
 */
public final class ModelVersion implements Comparable<ModelVersion> {
    /** The most characters of a version, build metadata included. */
    public static final int MAX_LENGTH = 128;

    /** The largest major, minor or patch number: 2^53 - 1. */
    public static final long MAX_NUMBER = 9_007_199_254_740_991L;

    private static final String THING = "model version";
    private static final String EXPECTED = "MAJOR.MINOR.PATCH with an optional -PRERELEASE and +BUILD, such as 1.4.0";
    private static final String[] NONE = {};
    private static final Instant FIRST_MOMENT = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST_MOMENT = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** {@code 1.0.0}, the version of a model's first registration when none is asked for. */
    public static final ModelVersion FIRST = of(1, 0, 0);

    private final String text;
    private final long major;
    private final long minor;
    private final long patch;
    private final String[] preRelease;
    private final long numericIdentifiers;
    private final String build;
    private final String key;
    private final int hash;

    private ModelVersion(long[] numbers, String[] preRelease, String build) {
        this.major = numbers[0];
        this.minor = numbers[1];
        this.patch = numbers[2];
        this.preRelease = preRelease;
        this.build = build;
        String core = major + "." + minor + "." + patch;
        String precedence = preRelease.length == 0 ? core : core + "-" + String.join(".", preRelease);
        this.text = build.isEmpty() ? precedence : precedence + "+" + build;
        this.key = Characters.fold(precedence);
        this.hash = precedence.hashCode();
        long numeric = 0;
        for (int i = 0; i < preRelease.length; i++) {
            if (VersionScanner.isNumeric(preRelease[i])) {
                numeric |= 1L << i;
            }
        }
        this.numericIdentifiers = numeric;
    }

    /**
     * The release with these numbers.
     *
     * @throws InvalidValueException if a number is negative or larger than {@link #MAX_NUMBER}
     */
    public static ModelVersion of(long major, long minor, long patch) {
        for (long number : new long[] {major, minor, patch}) {
            if (number < 0 || number > MAX_NUMBER) {
                throw refused(
                        major + "." + minor + "." + patch,
                        "the number " + number + " is not between 0 and " + MAX_NUMBER);
            }
        }
        return new ModelVersion(new long[] {major, minor, patch}, NONE, "");
    }

    /**
     * Reads a version.
     *
     * @throws InvalidValueException naming the rule that the text breaks and its column
     */
    public static ModelVersion parse(String text) {
        Objects.requireNonNull(text, "text");
        if (text.length() > MAX_LENGTH) {
            throw refused(text, "it has " + text.length() + " characters, at most " + MAX_LENGTH);
        }
        VersionScanner scanner = new VersionScanner(THING, text, EXPECTED);
        if (scanner.peek() == 'v' || scanner.peek() == 'V') {
            throw scanner.refuse(0, "a version has no 'v' in front of it");
        }
        long[] numbers = new long[3];
        numbers[0] = scanner.number("major number");
        scanner.expect('.', "minor number");
        numbers[1] = scanner.number("minor number");
        scanner.expect('.', "patch number");
        numbers[2] = scanner.number("patch number");
        String[] preRelease = scanner.accept('-') ? scanner.preRelease() : NONE;
        String build = scanner.accept('+') ? scanner.build() : "";
        if (!scanner.atEnd()) {
            throw scanner.refuseHere("the version should be at its end");
        }
        return new ModelVersion(numbers, preRelease, build);
    }

    /**
     * The version that stands for a moment: year, month and day, time of day, all in UTC, so that 2026-11-20T21:23:45Z
     * is {@code 2026.1120.212345} and 2027-01-05T00:00:09Z is {@code 2027.105.9}.
     *
     * <p>A later second is a later version; moments of the same second give the same version.
     *
     * @throws InvalidValueException if the moment is not in the years 0 to 9999
     */
    public static ModelVersion ofTimestamp(Instant moment) {
        if (moment.isBefore(FIRST_MOMENT) || moment.isAfter(LAST_MOMENT)) {
            throw new InvalidValueException(
                    "timestamp", moment.toString(), "its year does not make a version", "a year from 0 to 9999");
        }
        ZonedDateTime utc = moment.atZone(ZoneOffset.UTC);
        long day = utc.getMonthValue() * 100L + utc.getDayOfMonth();
        long time = utc.getHour() * 10_000L + utc.getMinute() * 100L + utc.getSecond();
        return of(utc.getYear(), day, time);
    }

    /** A bound of a range, whose numbers may be one more than the largest. */
    static ModelVersion bound(long major, long minor, long patch, String... preRelease) {
        return new ModelVersion(new long[] {major, minor, patch}, preRelease, "");
    }

    /** The first number, raised by an incompatible change. */
    public long major() {
        return major;
    }

    /** The second number. */
    public long minor() {
        return minor;
    }

    /** The third number. */
    public long patch() {
        return patch;
    }

    /** The pre-release identifiers in order; empty for a release. */
    public List<String> prerelease() {
        return List.of(preRelease);
    }

    /** The build metadata without its plus sign; empty when there is none. */
    public String build() {
        return build;
    }

    /** Whether it is a release, that is, has no pre-release identifiers; {@code 0.x} releases count. */
    public boolean isStable() {
        return preRelease.length == 0;
    }

    /** The version without build metadata, in lower case: what storage keys are made of. */
    public String key() {
        return key;
    }

    /** Whether both would be stored under the same key. */
    public boolean sameKey(ModelVersion other) {
        return key.equals(other.key);
    }

    /** Whether the other is another version that differs only by case, so that both cannot live in one registry. */
    public boolean collidesByCase(ModelVersion other) {
        return sameKey(other) && !equals(other);
    }

    /**
     * The smallest release of the next major number, or of this one for a pre-release of it ({@code 2.0.0-rc.1} gives
     * {@code 2.0.0}); always later than this version.
     */
    public ModelVersion nextMajor() {
        return !isStable() && minor == 0 && patch == 0 ? of(major, 0, 0) : of(major + 1, 0, 0);
    }

    /**
     * The smallest release of the next minor number, or of this one for a pre-release of it ({@code 1.5.0-rc.1} gives
     * {@code 1.5.0}); always later than this version.
     */
    public ModelVersion nextMinor() {
        return !isStable() && patch == 0 ? of(major, minor, 0) : of(major, minor + 1, 0);
    }

    /** The next patch release, or the release itself for a pre-release of it; always later than this version. */
    public ModelVersion nextPatch() {
        return isStable() ? of(major, minor, patch + 1) : of(major, minor, patch);
    }

    /** Whether a number is larger than the largest, as in a {@link #bound}. */
    boolean isBeyondVersions() {
        return major > MAX_NUMBER || minor > MAX_NUMBER || patch > MAX_NUMBER;
    }

    /** Whether both have the same three numbers, whatever their pre-release identifiers. */
    boolean sameNumbers(ModelVersion other) {
        return major == other.major && minor == other.minor && patch == other.patch;
    }

    /** The release with this version's numbers. */
    ModelVersion release() {
        return isStable() ? this : bound(major, minor, patch);
    }

    /** The smallest pre-release of this version's numbers: nothing lies between it and the releases before. */
    ModelVersion smallestPreRelease() {
        return bound(major, minor, patch, "0");
    }

    /** Orders by the precedence of the specification's section 11; allocates nothing. */
    @Override
    public int compareTo(ModelVersion other) {
        int order = Long.compare(major, other.major);
        if (order == 0) {
            order = Long.compare(minor, other.minor);
        }
        if (order == 0) {
            order = Long.compare(patch, other.patch);
        }
        return order == 0 ? comparePreRelease(other) : order;
    }

    /** Whether the other has the same precedence: build metadata is not looked at, case is. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof ModelVersion that
                        && hash == that.hash
                        && sameNumbers(that)
                        && Arrays.equals(preRelease, that.preRelease));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The text that {@link #parse} reads, build metadata included. */
    @Override
    public String toString() {
        return text;
    }

    private int comparePreRelease(ModelVersion other) {
        String[] mine = preRelease;
        String[] theirs = other.preRelease;
        if (mine.length == 0 || theirs.length == 0) {
            return Boolean.compare(mine.length == 0, theirs.length == 0);
        }
        int shared = Math.min(mine.length, theirs.length);
        for (int i = 0; i < shared; i++) {
            int order = compareIdentifier(mine[i], isNumeric(i), theirs[i], other.isNumeric(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(mine.length, theirs.length);
    }

    private boolean isNumeric(int identifier) {
        return (numericIdentifiers >>> identifier & 1) != 0;
    }

    /** Numbers have no leading zeros, so the longer one is the larger one, however long both are. */
    private static int compareIdentifier(String mine, boolean mineNumeric, String theirs, boolean theirsNumeric) {
        if (mineNumeric != theirsNumeric) {
            return mineNumeric ? -1 : 1;
        }
        if (mineNumeric && mine.length() != theirs.length()) {
            return Integer.compare(mine.length(), theirs.length());
        }
        return mine.compareTo(theirs);
    }

    private static InvalidValueException refused(String text, String why) {
        return new InvalidValueException(THING, text, why, EXPECTED);
    }
}
