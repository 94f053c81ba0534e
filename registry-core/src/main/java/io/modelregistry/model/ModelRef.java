package io.modelregistry.model;

import java.util.Objects;

/**
 * A reference to one version of a model, in the one grammar that the API, command lines and URLs share.
 *
 * <table>
 *   <caption>Forms</caption>
 *   <tr><td>{@code nlp/sentiment}</td><td>the newest stable release</td></tr>
 *   <tr><td>{@code nlp/sentiment:1.4.0}</td><td>that version</td></tr>
 *   <tr><td>{@code nlp/sentiment:^1.2}, {@code nlp/sentiment:3}</td><td>the newest version of a {@link VersionRange}</td></tr>
 *   <tr><td>{@code nlp/sentiment#3}</td><td>the third version that was published</td></tr>
 *   <tr><td>{@code nlp/sentiment@production}</td><td>an alias or a stage</td></tr>
 *   <tr><td>{@code nlp/sentiment@sha256:...}</td><td>the version whose manifest has the digest</td></tr>
 *   <tr><td>{@code nlp/sentiment:1.4.0@sha256:...}</td><td>that version, if its manifest has the digest</td></tr>
 * </table>
 *
 * <p>{@link #parse} reads what {@link #toString} writes.
 *
 * @param name the model
 * @param selector which of its versions
 */
public record ModelRef(ModelName name, Selector selector) {
    /** The most characters of a reference. */
    public static final int MAX_LENGTH = 2 * ModelName.MAX_PART_LENGTH + VersionRange.MAX_LENGTH + 2;

    private static final String THING = "model reference";
    private static final String EXPECTED =
            "'name', 'name:1.4.0', 'name:^1.2', 'name#3', 'name@label', 'name@sha256:...' or 'name:1.4.0@sha256:...'";

    /** Refuses null. */
    public ModelRef {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(selector, "selector");
    }

    /** The newest stable release of a model. */
    public static ModelRef newest(ModelName name) {
        return new ModelRef(name, new Selector.Newest());
    }

    /** One version of a model. */
    public static ModelRef of(ModelName name, ModelVersion version) {
        return new ModelRef(name, new Selector.Exact(version));
    }

    /** The newest version of a range. */
    public static ModelRef of(ModelName name, VersionRange range) {
        return new ModelRef(name, new Selector.Range(range));
    }

    /** The version whose manifest has this digest. */
    public static ModelRef of(ModelName name, Digest manifest) {
        return new ModelRef(name, new Selector.ByDigest(manifest));
    }

    /** One version of a model, if its manifest has this digest. */
    public static ModelRef of(ModelName name, ModelVersion version, Digest manifest) {
        return new ModelRef(name, new Selector.ExactWithDigest(version, manifest));
    }

    /**
     * The version that was published as the n-th.
     *
     * @throws InvalidValueException if the number is less than 1
     */
    public static ModelRef sequence(ModelName name, long number) {
        return new ModelRef(name, new Selector.Sequence(number));
    }

    /**
     * The version that an alias points at, or that was moved to a stage last.
     *
     * @throws InvalidValueException naming the rule that the label breaks
     */
    public static ModelRef labelled(ModelName name, String label) {
        return new ModelRef(name, new Selector.Labelled(label));
    }

    /**
     * Reads a reference.
     *
     * @throws InvalidValueException naming the part that is wrong and why
     */
    public static ModelRef parse(String text) {
        Objects.requireNonNull(text, "text");
        if (text.length() > MAX_LENGTH) {
            throw refused(text, "it has " + text.length() + " characters, at most " + MAX_LENGTH);
        }
        if (!text.equals(text.strip())) {
            throw refused(text, "it starts or ends with white space");
        }
        int end = 0;
        while (end < text.length() && ":#@".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        ModelName name = ModelName.parse(text.substring(0, end));
        if (end == text.length()) {
            return newest(name);
        }
        String rest = text.substring(end + 1);
        if (rest.isEmpty()) {
            throw refused(text, "nothing follows the '" + text.charAt(end) + "'");
        }
        return switch (text.charAt(end)) {
            case ':' -> new ModelRef(name, version(text, rest));
            case '#' -> sequence(name, number(text, rest));
            default -> new ModelRef(name, digestOrLabel(rest));
        };
    }

    /** Whether it means the same version for ever: by version, sequence or digest, not by range, label or newest. */
    public boolean isFixed() {
        return selector instanceof Selector.Exact
                || selector instanceof Selector.ExactWithDigest
                || selector instanceof Selector.ByDigest
                || selector instanceof Selector.Sequence;
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return name.toString() + selector;
    }

    /** Whether the text is meant as one full version rather than as a range: three numbers, and no space or bar. */
    static boolean isFullVersion(String text) {
        int at = 0;
        for (int dots = 0; dots < 3; dots++) {
            int start = at;
            while (at < text.length() && Characters.isDigit(text.charAt(at))) {
                at++;
            }
            if (at == start || (dots < 2 && (at == text.length() || text.charAt(at++) != '.'))) {
                return false;
            }
        }
        for (int i = at; i < text.length(); i++) {
            if (text.charAt(i) == '|' || Characters.isWhitespace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static Selector version(String text, String rest) {
        int at = rest.indexOf('@');
        if (at < 0) {
            return isFullVersion(rest)
                    ? new Selector.Exact(ModelVersion.parse(rest))
                    : new Selector.Range(VersionRange.parse(rest));
        }
        String version = rest.substring(0, at);
        if (!isFullVersion(version)) {
            throw refused(text, "a digest stands behind something that is not one full version");
        }
        return new Selector.ExactWithDigest(ModelVersion.parse(version), Digest.parse(rest.substring(at + 1)));
    }

    private static long number(String text, String digits) {
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (!Characters.isDigit(c)) {
                throw refused(text, "what follows the '#' is not a number");
            }
            number = number * 10 + (c - '0');
            if (number > ModelVersion.MAX_NUMBER) {
                throw refused(text, "the sequence number is larger than " + ModelVersion.MAX_NUMBER);
            }
        }
        if (digits.charAt(0) == '0') {
            throw refused(text, "the sequence number starts with a zero, and the first version is number 1");
        }
        return number;
    }

    private static Selector digestOrLabel(String rest) {
        return rest.startsWith(Digest.ALGORITHM + ":")
                ? new Selector.ByDigest(Digest.parse(rest))
                : new Selector.Labelled(rest);
    }

    private static InvalidValueException refused(String text, String why) {
        return new InvalidValueException(THING, text, why, EXPECTED);
    }
}
