package io.modelregistry.internal.document;

import io.modelregistry.model.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The checksum that every document ends with: the last field of the object is the SHA-256 of all the bytes before it,
 * so that any changed byte shows, and the document is JSON all the same.
 */
final class Envelope {
    private static final byte[] BEFORE = ",\"checksum\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER = "\"}".getBytes(StandardCharsets.US_ASCII);
    private static final int HEX = 64;
    private static final int LENGTH = BEFORE.length + HEX + AFTER.length;

    private Envelope() {}

    /** Closes an object whose last brace has not been written. */
    static byte[] close(ByteArrayOutputStream open) {
        byte[] digest = Digest.sha256(open.toByteArray()).hex().getBytes(StandardCharsets.US_ASCII);
        open.writeBytes(BEFORE);
        open.writeBytes(digest);
        open.writeBytes(AFTER);
        return open.toByteArray();
    }

    /** Checks the checksum. */
    static void check(byte[] document) throws MalformedDocumentException {
        int body = document.length - LENGTH;
        if (body < 1
                || !Arrays.equals(document, body, body + BEFORE.length, BEFORE, 0, BEFORE.length)
                || !Arrays.equals(document, document.length - AFTER.length, document.length, AFTER, 0, AFTER.length)) {
            throw new MalformedDocumentException(
                    "it does not end with its checksum (cut off, or not written by a registry)");
        }
        Digest.Hasher hasher = Digest.hasher();
        hasher.update(document, 0, body);
        String stored = new String(document, body + BEFORE.length, HEX, StandardCharsets.US_ASCII);
        if (!hasher.finish().hex().equals(stored)) {
            throw new MalformedDocumentException("its bytes do not match its checksum");
        }
    }
}
