package io.modelregistry.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A set of versions, written in npm's range grammar: {@code ^1.2}, {@code ~1.2.3}, {@code >=1.0.0 <2.0.0}, {@code 1.2 -
 * 1.4}, {@code 1.x || 3.0.0}.
 *
 * <ul>
 *   <li>It holds what npm's {@code semver} says it holds: a pre-release only if a comparator of the same alternative
 *       names a pre-release with the same three numbers.
 *   <li>It is read strictly: an empty range or alternative, words such as {@code latest}, other grammars and operators
 *       without a version are refused with their column; at most {@value #MAX_LENGTH} characters.
 *   <li>Equal when the {@link #normalForm() normal forms} are: {@code ^1.2} equals {@code >=1.2.0 <2.0.0-0}.
 * </ul>
 *
 * <p>Reading compiles the range; {@link #contains} allocates nothing. Nothing is cached here.
 */
public final class VersionRange {
    /** The most characters of a range. */
    public static final int MAX_LENGTH = 1024;

    private final String text;
    private final List<Interval> alternatives;
    private final String normalForm;

    private VersionRange(String text, List<Interval> alternatives) {
        this.text = text;
        this.alternatives = alternatives;
        this.normalForm = normalForm(alternatives);
    }

    /**
     * Reads a range.
     *
     * @throws InvalidValueException naming the rule that the text breaks and the 1-based column
     */
    public static VersionRange parse(String text) {
        Objects.requireNonNull(text, "text");
        List<Interval> alternatives = RangeParser.parse(text);
        return new VersionRange(collapse(text), List.copyOf(withoutRedundant(alternatives)));
    }

    /** Whether the version is one of this range. */
    public boolean contains(ModelVersion version) {
        for (int i = 0; i < alternatives.size(); i++) {
            if (alternatives.get(i).contains(version)) {
                return true;
            }
        }
        return false;
    }

    /** No version of this range lies below; empty when there is no such bound. The bound itself may be outside. */
    public Optional<ModelVersion> lowerBound() {
        return alternatives.stream().anyMatch(a -> a.lower() == null)
                ? Optional.empty()
                : alternatives.stream()
                        .map(Interval::lower)
                        .map(Objects::requireNonNull)
                        .min(Comparator.naturalOrder());
    }

    /** No version of this range lies above; empty when there is no such bound. The bound itself may be outside. */
    public Optional<ModelVersion> upperBound() {
        return alternatives.stream().anyMatch(a -> a.upper() == null)
                ? Optional.empty()
                : alternatives.stream()
                        .map(Interval::upper)
                        .map(Objects::requireNonNull)
                        .max(Comparator.naturalOrder());
    }

    /**
     * Whether some version from {@code oldest} to {@code newest}, both included, could be in this range; false is
     * certain, so that a page with these ends need not be read.
     */
    public boolean mayContainBetween(ModelVersion oldest, ModelVersion newest) {
        return alternatives.stream().anyMatch(a -> a.reaches(newest) && a.isBelowUpper(oldest));
    }

    /**
     * The newest version of this range among those given, in logarithmic time for each alternative; each three numbers
     * of which there are only pre-releases, on the way to the first admitted one, cost that much again.
     *
     * @param versions in their natural order, or in the reverse of it
     * @return empty if none is in this range
     */
    public Optional<ModelVersion> newestIn(NavigableSet<ModelVersion> versions) {
        Comparator<? super ModelVersion> order = versions.comparator();
        boolean reversed = order != null && order.compare(Interval.SMALLEST, ModelVersion.FIRST) > 0;
        NavigableSet<ModelVersion> ascending = reversed ? versions.descendingSet() : versions;
        return newest(alternative -> alternative.newestIn(ascending));
    }

    /**
     * The newest version of this range among those given, as fast as {@link #newestIn(NavigableSet)} if the list gives
     * its elements by index at once.
     *
     * @param newestFirst sorted in the reverse of their natural order
     * @return empty if none is in this range
     */
    public Optional<ModelVersion> newestIn(List<ModelVersion> newestFirst) {
        return newest(alternative -> alternative.newestIn(newestFirst));
    }

    /** The comparators in their simplest form, alternatives sorted: what {@link #equals} compares. */
    public String normalForm() {
        return normalForm;
    }

    /** Whether the other has the same {@link #normalForm()}. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VersionRange that && normalForm.equals(that.normalForm);
    }

    @Override
    public int hashCode() {
        return normalForm.hashCode();
    }

    /** The text it was read from, without white space at its ends and with single spaces inside. */
    @Override
    public String toString() {
        return text;
    }

    private static String normalForm(List<Interval> alternatives) {
        if (alternatives.size() == 1) {
            return alternatives.get(0).normalForm();
        }
        return alternatives.stream()
                .map(Interval::normalForm)
                .distinct()
                .sorted()
                .collect(Collectors.joining(" || "));
    }

    private Optional<ModelVersion> newest(Function<Interval, @Nullable ModelVersion> search) {
        ModelVersion newest = null;
        for (Interval alternative : alternatives) {
            ModelVersion found = search.apply(alternative);
            if (found != null && (newest == null || found.compareTo(newest) > 0)) {
                newest = found;
            }
        }
        return Optional.ofNullable(newest);
    }

    /** As npm does: empty alternatives go, and a bare {@code *} stands for all others. */
    private static List<Interval> withoutRedundant(List<Interval> alternatives) {
        List<Interval> kept = new ArrayList<>(alternatives);
        kept.removeIf(Interval::isEmpty);
        if (kept.isEmpty()) {
            return List.of(alternatives.get(0));
        }
        return kept.stream().filter(Interval::isAny).findFirst().map(List::of).orElse(kept);
    }

    private static String collapse(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean pending = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Characters.isWhitespace(c)) {
                pending = true;
                continue;
            }
            if (pending && out.length() > 0) {
                out.append(' ');
            }
            pending = false;
            out.append(c);
        }
        return out.toString();
    }
}
