package io.modelregistry.inference;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether an engine can be used in this process.
 *
 * @param reason why not; null when it can
 * @param cause the failure behind the reason, if there is one
 */
public record Availability(
        @Nullable String reason, @Nullable Throwable cause) {
    private static final int MAX_CAUSES = 20;

    /** Where a library was looked for, which takes lines and says nothing about why it is not there. */
    private static final Pattern SEARCHED = Pattern.compile("( in java\\.library\\.path): .*");

    /** The folders in front of a file's name; not those of a URL or of a class. */
    private static final Pattern FOLDERS =
            Pattern.compile("(?:\\bfile:|(?<![\\w:/.]))/(?:[^/\\s:,;'\"()]+/)*(?=[^/\\s:,;'\"()])");

    /** The engine can be used. */
    public static final Availability AVAILABLE = new Availability(null, null);

    /** The engine cannot be used, and why. */
    public static Availability unavailable(String reason, @Nullable Throwable cause) {
        return new Availability(Objects.requireNonNull(reason, "reason"), cause);
    }

    /**
     * The engine cannot be used because it does not start, mostly for want of an artifact. The reason names what failed
     * and what made it fail, without the folders of this machine, and what to add.
     *
     * @param engine its name as people write it
     * @param failure what came of starting it
     * @param artifacts the coordinates of what belongs on the class path
     */
    public static Availability notStarting(String engine, Throwable failure, String artifacts) {
        Throwable origin = failure;
        for (int i = 0; i < MAX_CAUSES && origin.getCause() != null; i++) {
            origin = origin.getCause();
        }
        // The error that a missing class makes names it already.
        boolean known = failure.getCause() == null || origin instanceof ClassNotFoundException;
        String because = known ? "" : ", because of " + words(origin);
        return unavailable(
                "%s does not start (%s%s); it needs %s".formatted(engine, words(failure), because, artifacts), failure);
    }

    private static String words(Throwable failure) {
        String line = failure.toString().lines().findFirst().orElse("");
        return FOLDERS.matcher(SEARCHED.matcher(line).replaceFirst("$1")).replaceAll("");
    }

    /** Whether the engine can be used. */
    public boolean isAvailable() {
        return reason == null;
    }

    /** Why the engine cannot be used; empty when it can. */
    public Optional<String> findReason() {
        return Optional.ofNullable(reason);
    }
}
