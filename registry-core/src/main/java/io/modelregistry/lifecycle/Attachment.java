package io.modelregistry.lifecycle;

import io.modelregistry.model.Digest;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Something learnt about a version after it was sealed: an evaluation, a scan, a signature bundle. Immutable, and a
 * claim by its author, not a verified fact.
 *
 * @param kind what it is, such as {@code evaluation}: a lower-case letter, then letters, digits and {@code -}
 * @param mediaType the type of its content, such as {@code application/json}
 * @param digest the SHA-256 of its content, which is also its address
 * @param size the length of its content in bytes
 * @param by who attached it
 * @param at when
 */
public record Attachment(String kind, String mediaType, Digest digest, long size, Principal by, Instant at) {
    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}");

    /** Checks kind, media type and size. */
    public Attachment {
        checkKind(kind);
        checkMediaType(mediaType);
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(at, "at");
        if (size < 0) {
            throw new InvalidValueException("attachment size", Long.toString(size), "it is negative", "zero or more");
        }
    }

    /** Refuses a kind outside the grammar. */
    public static void checkKind(String kind) {
        if (!KIND.matcher(kind).matches()) {
            throw new InvalidValueException(
                    "attachment kind",
                    kind,
                    "it is not a lower-case name",
                    "a letter, then letters, digits and -, at most 64");
        }
    }

    /** Refuses a media type that is not {@code type/subtype} without parameters. */
    public static void checkMediaType(String mediaType) {
        if (!MEDIA_TYPE.matcher(mediaType).matches()) {
            throw new InvalidValueException(
                    "media type", mediaType, "it is not type/subtype", "one such as application/json");
        }
    }
}
