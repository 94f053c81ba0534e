package io.modelregistry.serialization;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, from front to back, with jumps over what does not matter. */
final class PickleInput {
    private static final int WINDOW = 8 << 10;
    private static final int MAX_LINE = 64 << 10;
    private static final int MAX_NAME = 512;

    private final ByteSource bytes;
    private byte[] window = new byte[0];
    private long windowAt;
    private long at;

    PickleInput(ByteSource bytes, long start) {
        this.bytes = bytes;
        this.at = start;
    }

    long at() {
        return at;
    }

    int next() throws IOException, BrokenPickleException {
        if (at < windowAt || at >= windowAt + window.length) {
            window = bytes.read(at, WINDOW);
            windowAt = at;
            if (window.length == 0) {
                throw BrokenPickleException.ends();
            }
        }
        return window[(int) (at++ - windowAt)] & 0xff;
    }

    /** A little-endian number of up to eight bytes, as its bits. */
    long number(int size) throws IOException, BrokenPickleException {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    void skip(long length) throws BrokenPickleException {
        if (length < 0) {
            throw new BrokenPickleException("a length is negative");
        }
        if (length > bytes.size() - at) {
            at = bytes.size();
            throw BrokenPickleException.ends();
        }
        at += length;
    }

    /** A text of a given length in UTF-8, if it is short enough to be a name. */
    PickleValue text(long length) throws IOException, BrokenPickleException {
        long start = at;
        skip(length);
        return length <= MAX_NAME ? new PickleValue.Text(bytes.utf8(start, (int) length)) : PickleValue.OTHER;
    }

    /** The rest of the line, without its end. */
    String line() throws IOException, BrokenPickleException {
        StringBuilder line = new StringBuilder();
        for (int c = next(); c != '\n'; c = next()) {
            if (line.length() >= MAX_LINE) {
                throw BrokenPickleException.limit("a line is longer than " + MAX_LINE);
            }
            line.append((char) c);
        }
        String latin = line.toString();
        return latin.chars().allMatch(c -> c < 0x80)
                ? latin
                : new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
