package io.modelregistry.serialization;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes at any offset, for the probes. Used by one thread. */
interface ByteSource {
    /** How many bytes there are to see. */
    long size();

    /** Whether more bytes follow that cannot be seen, because they lie beyond a limit. */
    boolean cut();

    /**
     * The bytes from an offset, fewer than asked for only at the end.
     *
     * @throws ReadLimitException when as much was read as one file may cost
     */
    byte[] read(long offset, int length) throws IOException;

    /**
     * Counts work that was done beyond reading these bytes, such as decompressing them, against what all files may
     * cost.
     */
    default void charge(long bytes) {
        // Bytes in memory were paid for when they came there.
    }

    /** Whether these bytes stand at the offset. */
    default boolean startsWith(long offset, int... expected) throws IOException {
        byte[] found = read(offset, expected.length);
        if (found.length < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((found[i] & 0xff) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether this ASCII text stands at the offset. */
    default boolean startsWith(long offset, String expected) throws IOException {
        return Arrays.equals(read(offset, expected.length()), expected.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The little-endian unsigned number of some bytes, or -1 when they are not all there or it does not fit. */
    default long number(long offset, int bytes) throws IOException {
        byte[] found = read(offset, bytes);
        if (found.length < bytes) {
            return -1;
        }
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = (value << 8) | (found[i] & 0xff);
        }
        return value < 0 ? -1 : value;
    }

    /** The text of some bytes, one character for each; only for names that are ASCII when they mean anything. */
    default String latin(long offset, int length) throws IOException {
        return new String(read(offset, length), StandardCharsets.ISO_8859_1);
    }

    /** Text in UTF-8; what is none is replaced. */
    default String utf8(long offset, int length) throws IOException {
        return new String(read(offset, length), StandardCharsets.UTF_8);
    }

    /** Bytes in memory; {@code cut} says that they are only the beginning. */
    static ByteSource of(byte[] bytes, boolean cut) {
        return new ByteSource() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public boolean cut() {
                return cut;
            }

            @Override
            public byte[] read(long offset, int length) {
                if (offset < 0 || offset >= bytes.length || length <= 0) {
                    return new byte[0];
                }
                return Arrays.copyOfRange(bytes, (int) offset, (int) Math.min(bytes.length, offset + length));
            }
        };
    }
}
