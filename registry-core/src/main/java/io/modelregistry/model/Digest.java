package io.modelregistry.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import org.apache.commons.codec.binary.Hex;

/**
 * The SHA-256 of some content, written {@code sha256:} and 64 lower-case hexadecimal digits.
 *
 * @param hex the 64 digits
 */
public record Digest(String hex) implements Comparable<Digest> {
    /** The name of the only algorithm, as it stands in front of the colon. */
    public static final String ALGORITHM = "sha256";

    private static final String PREFIX = ALGORITHM + ":";
    private static final int HEX_LENGTH = 64;
    private static final String THING = "digest";
    private static final String EXPECTED = "'sha256:' and 64 lower-case hexadecimal digits";

    /**
     * Checks that the text is 64 lower-case hexadecimal digits.
     *
     * @throws InvalidValueException if it is not
     */
    public Digest {
        Objects.requireNonNull(hex, "hex");
        if (hex.length() != HEX_LENGTH) {
            throw refused(hex, "it has " + hex.length() + " digits instead of " + HEX_LENGTH);
        }
        for (int i = 0; i < HEX_LENGTH; i++) {
            char c = hex.charAt(i);
            if (!Characters.isDigit(c) && (c < 'a' || c > 'f')) {
                throw refused(hex, "digit " + (i + 1) + " is " + Characters.shown(c));
            }
        }
    }

    /** The digest of these bytes. */
    public static Digest sha256(byte[] content) {
        return hasher().update(content, 0, content.length).finish();
    }

    /**
     * Reads {@code sha256:<64 digits>}.
     *
     * @throws InvalidValueException if the text is anything else
     */
    public static Digest parse(String text) {
        Objects.requireNonNull(text, "text");
        if (!text.startsWith(PREFIX)) {
            throw refused(text, "it does not start with '" + PREFIX + "'");
        }
        if (text.length() != PREFIX.length() + HEX_LENGTH) {
            throw refused(text, "it has " + text.length() + " characters instead of " + (PREFIX.length() + HEX_LENGTH));
        }
        return new Digest(text.substring(PREFIX.length()));
    }

    /**
     * The digest with these hexadecimal digits.
     *
     * @throws InvalidValueException if the text is not 64 lower-case hexadecimal digits
     */
    public static Digest ofHex(String hex) {
        return new Digest(hex);
    }

    /** Starts a digest over content that arrives in pieces. */
    public static Hasher hasher() {
        return new Hasher();
    }

    /** The 32 bytes, a new array each time. */
    public byte[] bytes() {
        byte[] bytes = new byte[HEX_LENGTH / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] =
                    (byte) (Character.digit(hex.charAt(2 * i), 16) << 4 | Character.digit(hex.charAt(2 * i + 1), 16));
        }
        return bytes;
    }

    /** By the digits. */
    @Override
    public int compareTo(Digest other) {
        return hex.compareTo(other.hex);
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return PREFIX + hex;
    }

    private static InvalidValueException refused(String text, String why) {
        return new InvalidValueException(THING, text, why, EXPECTED);
    }

    /**
     * A SHA-256 in progress. Feed it pieces of 64 KiB or more where possible: smaller ones cost up to twice the time.
     *
     * <p>Not thread-safe. It is used for one content and cannot be continued after {@link #finish()}.
     */
    public static final class Hasher {
        private final MessageDigest sha256 = newSha256();
        private long size;
        private boolean finished;

        private Hasher() {}

        /**
         * Adds a piece of an array.
         *
         * @return this
         * @throws IndexOutOfBoundsException if the piece is not inside the array
         * @throws IllegalStateException after {@link #finish()}
         */
        public Hasher update(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            checkOpen();
            sha256.update(bytes, offset, length);
            size += length;
            return this;
        }

        /**
         * Adds what remains in a buffer, which is then consumed.
         *
         * @return this
         * @throws IllegalStateException after {@link #finish()}
         */
        public Hasher update(ByteBuffer bytes) {
            checkOpen();
            size += bytes.remaining();
            sha256.update(bytes);
            return this;
        }

        /** The bytes added so far. */
        public long size() {
            return size;
        }

        /**
         * Ends the content.
         *
         * @return the digest of all that was added
         * @throws IllegalStateException when called again
         */
        public Digest finish() {
            checkOpen();
            finished = true;
            return new Digest(Hex.encodeHexString(sha256.digest()));
        }

        private void checkOpen() {
            if (finished) {
                throw new IllegalStateException("Cannot use a finished digest: start another with Digest.hasher()");
            }
        }

        private static MessageDigest newSha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has SHA-256, this one does not", e);
            }
        }
    }
}
