package io.modelregistry.lifecycle;

import io.modelregistry.model.InvalidValueException;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where a version stands in its life. Names are upper case; texts are read without regard to case.
 *
 * <p>A {@link LifecyclePolicy} says which stages exist and how a version moves between them; the constants are those of
 * the built-in policies.
 */
public record Stage(String name) implements Comparable<Stage> {
    private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

    /** Published, and not used for anything yet. */
    public static final Stage NONE = new Stage("NONE");

    /** On trial. */
    public static final Stage STAGING = new Stage("STAGING");

    /** The version that serves; at most one per model. */
    public static final Stage PRODUCTION = new Stage("PRODUCTION");

    /** Out of use, and kept. */
    public static final Stage ARCHIVED = new Stage("ARCHIVED");

    /** Refuses a name that is not an upper-case identifier of at most 64 characters. */
    public Stage {
        Objects.requireNonNull(name, "name");
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "stage", name, "it is not an upper-case identifier", "A to Z, 0 to 9 and _, such as PRODUCTION");
        }
    }

    /** The stage of this name, in any case. */
    public static Stage parse(String text) {
        return new Stage(text.toUpperCase(Locale.ROOT));
    }

    @Override
    public int compareTo(Stage other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
