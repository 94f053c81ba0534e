package io.modelregistry.model;

import io.modelregistry.model.RangeComparator.Operator;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads npm's range grammar strictly, from left to right, in one pass, into {@link Interval}s.
 *
 * <pre>
 * range       = alternative ( "||" alternative )*
 * alternative = partial SP "-" SP partial | comparator ( SP comparator )*
 * comparator  = ( "<" | "<=" | ">" | ">=" | "=" | "~" | "~>" | "^" )? partial
 * partial     = xr ( "." xr ( "." xr ( "-" pre-release )? )? )? ( "+" build )?     behind an optional "v"
 * </pre>
 *
 * <p>White space may follow an operator. What each comparator means is npm's (its {@code semver} package without
 * {@code includePrerelease}), including that {@code >=0.0.0} means any version.
 */
final class RangeParser {
    private static final String THING = "version range";
    private static final String EXPECTED = "comparators such as '^1.2', '>=1.0.0 <2.0.0' or '1.x || 3.0.0'";
    private static final String[] NONE = {};

    private final VersionScanner scanner;

    private RangeParser(String text) {
        this.scanner = new VersionScanner(THING, text, EXPECTED);
    }

    /** The alternatives, at least one, in the order of the text. */
    static List<Interval> parse(String text) {
        if (text.length() > VersionRange.MAX_LENGTH) {
            throw refused(text, "it has " + text.length() + " characters, at most " + VersionRange.MAX_LENGTH);
        }
        return new RangeParser(text).alternatives();
    }

    private static InvalidValueException refused(String text, String why) {
        return new InvalidValueException(THING, text, why, EXPECTED);
    }

    private List<Interval> alternatives() {
        List<Interval> alternatives = new ArrayList<>();
        alternatives.add(alternative());
        while (!scanner.atEnd()) {
            scanner.accept('|');
            if (!scanner.accept('|')) {
                throw scanner.refuseHere("'||' is incomplete");
            }
            alternatives.add(alternative());
        }
        return alternatives;
    }

    private Interval alternative() {
        scanner.skipWhitespace();
        int start = scanner.position();
        RangeComparator first = comparator();
        boolean separated = separatedFromNext();
        if (separated && scanner.peek() == '-' && Characters.isWhitespace(scanner.peek(1))) {
            return bounded(hyphenRange(first), start);
        }
        Interval interval = bounded(first.narrow(Interval.ANY), start);
        while (separated) {
            start = scanner.position();
            interval = bounded(comparator().narrow(interval), start);
            separated = separatedFromNext();
        }
        return interval;
    }

    private Interval bounded(Interval interval, int start) {
        if (interval.isBeyondVersions()) {
            throw scanner.refuse(start, "no version is as large as the bound that this means");
        }
        return interval;
    }

    /** Skips white space; true when something follows in this alternative. */
    private boolean separatedFromNext() {
        boolean separated = scanner.skipWhitespace();
        if (scanner.atEnd() || scanner.peek() == '|') {
            return false;
        }
        if (!separated) {
            throw scanner.refuseHere("a comparator should be at its end");
        }
        return true;
    }

    private Interval hyphenRange(RangeComparator from) {
        int hyphen = scanner.position();
        scanner.accept('-');
        scanner.skipWhitespace();
        RangeComparator to = comparator();
        if (!from.isHyphenEnd() || !to.isHyphenEnd()) {
            throw scanner.refuse(hyphen, "a hyphen stands between two versions without operators");
        }
        if (separatedFromNext()) {
            throw scanner.refuseHere("a hyphen range should be at its end");
        }
        Interval interval = from.as(Operator.AT_LEAST).narrow(Interval.ANY);
        return to.as(Operator.AT_MOST).narrow(interval);
    }

    /** Reads an operator, the prefix that npm lets stand before a version, and the version. */
    private RangeComparator comparator() {
        Operator operator = operator();
        int prefix = scanner.position();
        boolean isV = scanner.peek() == 'v';
        scanner.skipPrefix();
        int start = scanner.position();
        PartialVersion version = partial();
        if (!operator.isLenient()) {
            if (version.isFull() && !(start == prefix || (start == prefix + 1 && isV))) {
                throw scanner.refuse(prefix, "only one 'v' may stand before a full version");
            }
            if (version.hasNumberBehindOpen()) {
                throw scanner.refuse(start, "a number stands behind an open one");
            }
        }
        return new RangeComparator(operator, version);
    }

    private Operator operator() {
        if (scanner.accept('^')) {
            skipEquals();
            return Operator.CARET;
        }
        if (scanner.accept('~')) {
            scanner.skipWhitespace();
            if (scanner.accept('>')) {
                acceptEquals();
            } else {
                skipEquals();
            }
            return Operator.TILDE;
        }
        if (scanner.accept('<')) {
            return acceptEquals() ? Operator.AT_MOST : Operator.LESS;
        }
        if (scanner.accept('>')) {
            return acceptEquals() ? Operator.AT_LEAST : Operator.GREATER;
        }
        if (scanner.accept('=')) {
            scanner.skipWhitespace();
            return Operator.EQUAL;
        }
        return Operator.NONE;
    }

    private void skipEquals() {
        scanner.skipWhitespace();
        if (scanner.accept('=')) {
            scanner.skipWhitespace();
        }
    }

    /** Reads the second half of {@code >=}: white space may stand on one side of the equals sign, as in npm. */
    private boolean acceptEquals() {
        if (scanner.accept('=')) {
            scanner.skipWhitespace();
            return true;
        }
        scanner.skipWhitespace();
        return scanner.accept('=');
    }

    private PartialVersion partial() {
        int start = scanner.position();
        long major = number("major number");
        boolean hasMinor = scanner.accept('.');
        long minor = hasMinor ? number("minor number") : PartialVersion.OPEN;
        boolean hasPatch = hasMinor && scanner.accept('.');
        long patch = hasPatch ? number("patch number") : PartialVersion.OPEN;
        if (!hasPatch && scanner.peek() == '-') {
            throw scanner.refuse(scanner.position(), "pre-release identifiers stand behind less than three numbers");
        }
        String[] preRelease = scanner.accept('-') ? scanner.preRelease() : NONE;
        if (scanner.accept('+')) {
            scanner.build();
        }
        int length = scanner.position() - start;
        if (length > ModelVersion.MAX_LENGTH) {
            throw scanner.refuse(start, "a version has " + length + " characters, at most " + ModelVersion.MAX_LENGTH);
        }
        return new PartialVersion(major, minor, patch, preRelease);
    }

    private long number(String what) {
        if (scanner.accept('x') || scanner.accept('X') || scanner.accept('*')) {
            return PartialVersion.OPEN;
        }
        if (!Characters.isDigit(scanner.peek())) {
            throw scanner.refuseHere("a number, 'x' or '*' is missing");
        }
        return scanner.number(what);
    }
}
