package io.modelregistry.storage.fs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Marks of generations. A small object's is a digest of its content, because the stamps of a file are too coarse for a
 * document that changes many times in a tick of the clock. A large one's is made of those stamps, because nobody wants
 * to read it for a mark.
 */
final class Etags {
    /** The largest object whose etag is a digest of its content, in bytes. */
    static final int LARGEST_HASHED = 8 << 20;

    private static final int BYTES = 16;

    private Etags() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** The etag of a content whose bytes went through the digest. */
    static String ofContent(MessageDigest digest) {
        return "c" + hex(digest);
    }

    /**
     * The etag of a file that is too large to be hashed. The time of its last status change is left out on purpose: it
     * changes with every hard link, thus when the object is copied.
     */
    static String ofFile(FileFacts facts) {
        Instant modified = facts.lastModified();
        String stamps =
                facts.size() + "/" + modified.getEpochSecond() + "." + modified.getNano() + "/" + facts.identity();
        MessageDigest digest = digest();
        digest.update(stamps.getBytes(StandardCharsets.UTF_8));
        return "f" + hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }
}
