package io.modelregistry.serialization;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Decompresses the beginning of an LZMA stream in memory: the old {@code .lzma} form, and {@code .xz} with the filter
 * LZMA2 alone.
 */
final class LzmaStream {
    private static final int ALONE_HEADER = 13;
    private static final int XZ_HEADER = 12;
    private static final int LZMA2 = 0x21;
    private static final int MAX_CHUNKS = 10_000;
    private static final int MAX_PROPERTIES = 9 * 5 * 5;

    private final byte[] in;
    private final byte[] out;
    private int at;
    private int length;

    private LzmaStream(byte[] in, int limit) {
        this.in = in;
        this.out = new byte[limit];
    }

    /** The {@code .lzma} form: properties, dictionary size, size, data. */
    static Beginning alone(byte[] in, int limit) {
        return new LzmaStream(in, limit).beginning(LzmaStream::readAlone);
    }

    /** The {@code .xz} form, its first block. */
    static Beginning xz(byte[] in, int limit) {
        return new LzmaStream(in, limit).beginning(LzmaStream::readXz);
    }

    /** One of the two forms. */
    private interface Form {
        /** Whether the end was reached before the limit. */
        boolean read(LzmaStream stream) throws IOException;
    }

    private Beginning beginning(Form form) {
        String problem = "";
        boolean finished = false;
        try {
            finished = form.read(this);
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        return new Beginning(ByteSource.of(Arrays.copyOf(out, length), !finished), problem);
    }

    private boolean readAlone() throws IOException {
        if (in.length < ALONE_HEADER || (in[0] & 0xff) >= MAX_PROPERTIES) {
            throw new IOException("it has no LZMA properties");
        }
        long size = 0;
        for (int i = 0; i < 8; i++) {
            size |= (long) (in[5 + i] & 0xff) << (8 * i);
        }
        LzmaDecoder decoder = new LzmaDecoder(out);
        decoder.properties(in[0] & 0xff, 12);
        boolean sized = size >= 0;
        int target = sized && size < out.length ? (int) size : out.length;
        try {
            boolean marked = decoder.decode(in, ALONE_HEADER, in.length, target);
            return marked || (sized && size <= out.length);
        } finally {
            length = decoder.length();
        }
    }

    private boolean readXz() throws IOException {
        at = XZ_HEADER;
        int headerSize = (next() + 1) * 4;
        int flags = next();
        int end = XZ_HEADER + headerSize;
        if ((flags & 0x3f) != 0) {
            throw new IOException("it has filters that are not known");
        }
        for (int i = 0x40; i <= 0x80; i <<= 1) {
            if ((flags & i) != 0) {
                skipNumber();
            }
        }
        if (next() != LZMA2 || next() != 1) {
            throw new IOException("it has filters that are not known");
        }
        at = end;
        LzmaDecoder decoder = new LzmaDecoder(out);
        try {
            return chunks(decoder);
        } finally {
            length = decoder.length();
        }
    }

    private boolean chunks(LzmaDecoder decoder) throws IOException {
        for (int chunk = 0; decoder.length() < out.length; chunk++) {
            int control = next();
            if (chunk > MAX_CHUNKS) {
                throw new IOException("it has more than " + MAX_CHUNKS + " chunks");
            }
            if (control == 0) {
                return true;
            }
            if (control < 0x80) {
                if (control > 2) {
                    throw new IOException("it has a chunk of no kind");
                }
                copy(decoder, control == 1);
            } else {
                int size = ((control & 0x1f) << 16) + (next() << 8) + next() + 1;
                int packed = (next() << 8) + next() + 1;
                decoder.reset((control >>> 5) & 3, (control & 0x40) == 0 ? -1 : next());
                int target = Math.min(out.length, decoder.length() + size);
                decoder.decode(in, at, Math.min(in.length, at + packed), target);
                at += packed;
            }
        }
        return false;
    }

    private void copy(LzmaDecoder decoder, boolean dictionaryReset) throws IOException {
        int size = (next() << 8) + next() + 1;
        int available = Math.min(size, in.length - at);
        decoder.copy(in, at, available, dictionaryReset);
        if (available < size) {
            throw new EOFException("Unexpected end of xz input stream");
        }
        at += size;
    }

    private void skipNumber() throws IOException {
        int more = 0;
        while (next() >= 0x80) {
            if (++more > 8) {
                throw new IOException("a number does not end");
            }
        }
    }

    private int next() throws EOFException {
        if (at >= in.length) {
            throw new EOFException("Unexpected end of xz input stream");
        }
        return in[at++] & 0xff;
    }
}
