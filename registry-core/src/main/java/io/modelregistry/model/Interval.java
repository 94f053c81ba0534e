package io.modelregistry.model;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One alternative of a {@link VersionRange}: everything between two bounds, of which pre-releases only count where a
 * comparator named a pre-release with the same three numbers.
 *
 * <p>Immutable; the narrowing methods return another interval.
 */
final class Interval {
    /** Every release. */
    static final Interval ANY = new Interval(null, true, null, true, List.of());

    /** The smallest version of all: nothing lies below it, so npm writes the empty range {@code <0.0.0-0}. */
    static final ModelVersion SMALLEST = ModelVersion.bound(0, 0, 0, "0");

    private final @Nullable ModelVersion lower;
    private final boolean lowerIncluded;
    private final @Nullable ModelVersion upper;
    private final boolean upperIncluded;
    private final List<ModelVersion> named;

    private Interval(
            @Nullable ModelVersion lower,
            boolean lowerIncluded,
            @Nullable ModelVersion upper,
            boolean upperIncluded,
            List<ModelVersion> named) {
        this.lower = lower;
        this.lowerIncluded = lowerIncluded;
        this.upper = upper;
        this.upperIncluded = upperIncluded;
        this.named = named;
    }

    Interval from(ModelVersion bound) {
        return narrowLower(bound, true);
    }

    Interval after(ModelVersion bound) {
        return narrowLower(bound, false);
    }

    Interval upTo(ModelVersion bound) {
        return narrowUpper(bound, true);
    }

    Interval below(ModelVersion bound) {
        return narrowUpper(bound, false);
    }

    @Nullable
    ModelVersion lower() {
        return lower;
    }

    @Nullable
    ModelVersion upper() {
        return upper;
    }

    boolean isAny() {
        return lower == null && upper == null;
    }

    boolean isEmpty() {
        if (upper != null && upper.equals(SMALLEST) && !upperIncluded) {
            return true;
        }
        if (lower == null || upper == null) {
            return false;
        }
        int order = lower.compareTo(upper);
        return order > 0 || (order == 0 && !(lowerIncluded && upperIncluded));
    }

    /** Whether a bound had to be one more than the largest number. */
    boolean isBeyondVersions() {
        return (lower != null && lower.isBeyondVersions()) || (upper != null && upper.isBeyondVersions());
    }

    boolean contains(ModelVersion version) {
        return reaches(version) && isBelowUpper(version) && admits(version);
    }

    /** Whether the version is not below the lower bound. */
    boolean reaches(ModelVersion version) {
        if (lower == null) {
            return true;
        }
        int order = version.compareTo(lower);
        return order > 0 || (order == 0 && lowerIncluded);
    }

    boolean isBelowUpper(ModelVersion version) {
        if (upper == null) {
            return true;
        }
        int order = version.compareTo(upper);
        return order < 0 || (order == 0 && upperIncluded);
    }

    /** Whether the version, which lies between the bounds, is a release or a pre-release that was named. */
    boolean admits(ModelVersion version) {
        if (version.isStable()) {
            return true;
        }
        for (ModelVersion bound : named) {
            if (bound.sameNumbers(version)) {
                return true;
            }
        }
        return false;
    }

    /** The newest version of this interval in a naturally ordered set. */
    @Nullable
    ModelVersion newestIn(NavigableSet<ModelVersion> versions) {
        ModelVersion candidate = newestBelowUpper(versions);
        while (candidate != null && reaches(candidate)) {
            if (admits(candidate)) {
                return candidate;
            }
            candidate = versions.lower(candidate.smallestPreRelease());
        }
        return null;
    }

    /** The newest version of this interval in a list that starts with the newest. */
    @Nullable
    ModelVersion newestIn(List<ModelVersion> newestFirst) {
        int at = firstIndex(newestFirst, 0, this::isBelowUpper);
        while (at < newestFirst.size() && reaches(newestFirst.get(at))) {
            ModelVersion candidate = newestFirst.get(at);
            if (admits(candidate)) {
                return candidate;
            }
            ModelVersion passed = candidate.smallestPreRelease();
            at = firstIndex(newestFirst, at + 1, version -> version.compareTo(passed) < 0);
        }
        return null;
    }

    /** The comparators that say the same in the shortest way. */
    String normalForm() {
        if (isEmpty()) {
            return "<" + SMALLEST;
        }
        if (isAny()) {
            return "*";
        }
        StringBuilder out = new StringBuilder();
        if (lower != null && lower.equals(upper)) {
            out.append(lower);
        } else {
            if (lower != null) {
                out.append(lowerIncluded ? ">=" : ">").append(lower);
            }
            if (upper != null) {
                out.append(lower == null ? "" : " ")
                        .append(upperIncluded ? "<=" : "<")
                        .append(upper);
            }
        }
        for (ModelVersion release : releasesOfMorePreReleases()) {
            out.append(" with pre-releases of ").append(release);
        }
        return out.toString();
    }

    private @Nullable ModelVersion newestBelowUpper(NavigableSet<ModelVersion> versions) {
        if (upper == null) {
            return versions.isEmpty() ? null : versions.last();
        }
        return upperIncluded ? versions.floor(upper) : versions.lower(upper);
    }

    /** Binary search for the first element that passes a test which every later one passes too. */
    private static int firstIndex(List<ModelVersion> versions, int from, Predicate<ModelVersion> test) {
        int low = from;
        int high = versions.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (test.test(versions.get(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The releases of which pre-releases are let in though no bound is one of them; mostly none. */
    private SortedSet<ModelVersion> releasesOfMorePreReleases() {
        SortedSet<ModelVersion> releases = new TreeSet<>();
        for (ModelVersion bound : named) {
            if (opensMorePreReleases(bound)) {
                releases.add(bound.release());
            }
        }
        return releases;
    }

    /** Whether the bound lets in pre-releases that lie between the bounds and are not those of a bound itself. */
    private boolean opensMorePreReleases(ModelVersion bound) {
        return !isNamedBy(lower, bound)
                && !isNamedBy(upper, bound)
                && isBelowUpper(bound.smallestPreRelease())
                && (lower == null || lower.compareTo(bound.release()) < 0);
    }

    private static boolean isNamedBy(@Nullable ModelVersion end, ModelVersion bound) {
        return end != null && !end.isStable() && end.sameNumbers(bound);
    }

    private Interval narrowLower(ModelVersion bound, boolean included) {
        List<ModelVersion> allNamed = naming(bound);
        int order = lower == null ? 1 : bound.compareTo(lower);
        if (order < 0) {
            return new Interval(lower, lowerIncluded, upper, upperIncluded, allNamed);
        }
        return new Interval(bound, included && (order > 0 || lowerIncluded), upper, upperIncluded, allNamed);
    }

    private Interval narrowUpper(ModelVersion bound, boolean included) {
        List<ModelVersion> allNamed = naming(bound);
        int order = upper == null ? -1 : bound.compareTo(upper);
        if (order > 0) {
            return new Interval(lower, lowerIncluded, upper, upperIncluded, allNamed);
        }
        return new Interval(lower, lowerIncluded, bound, included && (order < 0 || upperIncluded), allNamed);
    }

    private List<ModelVersion> naming(ModelVersion bound) {
        if (bound.isStable()) {
            return named;
        }
        List<ModelVersion> more = new ArrayList<>(named);
        more.add(bound);
        return List.copyOf(more);
    }
}
