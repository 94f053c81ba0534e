package io.modelregistry.internal.document;

/**
 * The format number that every document carries. A higher one is refused; unknown fields of this one are minor
 * additions.
 */
public final class Formats {
    /** What this version of the library writes. */
    public static final int CURRENT = 1;

    private Formats() {}

    /** Checks checksum and format of a document, and parses it. */
    static JsonObject open(byte[] bytes) throws MalformedDocumentException {
        Envelope.check(bytes);
        return checked(JsonText.parse(bytes));
    }

    /** The same, with the exact bytes of the objects in the top-level fields. */
    static JsonText.Sliced openSliced(byte[] bytes) throws MalformedDocumentException {
        Envelope.check(bytes);
        JsonText.Sliced sliced = JsonText.slice(bytes);
        checked(sliced.document());
        return sliced;
    }

    private static JsonObject checked(JsonObject json) throws MalformedDocumentException {
        long format = json.number("format");
        if (format > CURRENT) {
            throw new NewerFormatException(format);
        }
        if (format < 1) {
            throw json.wrong("format", "a format number");
        }
        return json;
    }

    /** A document that a newer version of the library wrote. */
    public static final class NewerFormatException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NewerFormatException(long format) {
            super("it has format " + format + ", this version of the library knows " + CURRENT);
        }
    }
}
