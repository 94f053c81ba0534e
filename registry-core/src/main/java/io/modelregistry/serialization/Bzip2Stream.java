package io.modelregistry.serialization;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Decompresses the beginning of a bzip2 stream in memory (bzip2 1.0; the obsolete randomised blocks are refused,
 * checksums are not looked at: a wrong byte is as welcome here as a right one, it is only followed).
 */
final class Bzip2Stream {
    private static final long BLOCK = 0x314159265359L;
    private static final int GROUP = 50;
    private static final int MAX_CODE = 20;
    private static final int RUN_A = 0;
    private static final int RUN_B = 1;

    private final byte[] in;
    private final byte[] out;
    private int bitAt;
    private int length;

    private Bzip2Stream(byte[] in, int limit) {
        this.in = in;
        this.out = new byte[limit];
    }

    static Beginning decompress(byte[] in, int limit) {
        Bzip2Stream stream = new Bzip2Stream(in, limit);
        String problem = "";
        boolean finished = false;
        try {
            finished = stream.read();
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        return new Beginning(ByteSource.of(Arrays.copyOf(stream.out, stream.length), !finished), problem);
    }

    /** Whether the end of the stream was reached before the limit. */
    private boolean read() throws IOException {
        int level = bits(32) & 0xff;
        if (level < '1' || level > '9') {
            throw new IOException("it has no block size");
        }
        byte[] block = new byte[(level - '0') * 100_000];
        while ((((long) bits(24) << 24) | bits(24)) == BLOCK) {
            block(block);
            if (length == out.length) {
                return false;
            }
        }
        return true;
    }

    private void block(byte[] block) throws IOException {
        bits(32);
        if (bits(1) != 0) {
            throw new IOException("its blocks are randomised");
        }
        int origin = bits(24);
        byte[] symbols = symbols();
        int alphabet = symbols.length + 2;
        int tables = bits(3);
        int selectorCount = bits(15);
        if (tables < 2 || tables > 6 || selectorCount < 1 || symbols.length == 0) {
            throw new IOException("its tables are impossible");
        }
        int[] selectors = selectors(selectorCount, tables);
        HuffmanCode[] codes = new HuffmanCode[tables];
        for (int i = 0; i < tables; i++) {
            codes[i] = code(alphabet);
        }
        int size = moveToFront(block, symbols, selectors, codes);
        if (origin >= size) {
            throw new IOException("its block has no origin");
        }
        unsort(block, size, origin);
    }

    private byte[] symbols() throws IOException {
        int used = bits(16);
        byte[] symbols = new byte[256];
        int count = 0;
        for (int i = 0; i < 16; i++) {
            int sixteen = (used & (0x8000 >> i)) == 0 ? 0 : bits(16);
            for (int j = 0; j < 16; j++) {
                if ((sixteen & (0x8000 >> j)) != 0) {
                    symbols[count++] = (byte) (16 * i + j);
                }
            }
        }
        return Arrays.copyOf(symbols, count);
    }

    private int[] selectors(int count, int tables) throws IOException {
        int[] recent = {0, 1, 2, 3, 4, 5};
        int[] selectors = new int[count];
        for (int i = 0; i < count; i++) {
            int position = 0;
            while (bits(1) == 1) {
                if (++position >= tables) {
                    throw new IOException("its selectors are impossible");
                }
            }
            int selected = recent[position];
            System.arraycopy(recent, 0, recent, 1, position);
            recent[0] = selected;
            selectors[i] = selected;
        }
        return selectors;
    }

    private HuffmanCode code(int alphabet) throws IOException {
        int[] lengths = new int[alphabet];
        int current = bits(5);
        for (int i = 0; i < alphabet; i++) {
            while (bits(1) == 1) {
                current += bits(1) == 0 ? 1 : -1;
            }
            if (current < 1 || current > MAX_CODE) {
                throw new IOException("its code lengths are impossible");
            }
            lengths[i] = current;
        }
        return new HuffmanCode(lengths);
    }

    /** Decodes the block's symbols, undoing run lengths and move-to-front; gives how many bytes there are. */
    private int moveToFront(byte[] block, byte[] symbols, int[] selectors, HuffmanCode[] codes) throws IOException {
        int end = symbols.length + 1;
        int size = 0;
        long run = 0;
        long weight = 1;
        for (int i = 0; ; i++) {
            if (i / GROUP >= selectors.length) {
                throw new IOException("its block has no end");
            }
            int symbol = codes[selectors[i / GROUP]].next();
            if (symbol == RUN_A || symbol == RUN_B) {
                run += weight << symbol;
                weight <<= 1;
                if (run > block.length - size) {
                    throw new IOException("its block is too long");
                }
                continue;
            }
            Arrays.fill(block, size, size + (int) run, symbols[0]);
            size += (int) run;
            run = 0;
            weight = 1;
            if (symbol == end) {
                return size;
            }
            if (size == block.length) {
                throw new IOException("its block is too long");
            }
            byte value = symbols[symbol - 1];
            System.arraycopy(symbols, 0, symbols, 1, symbol - 1);
            symbols[0] = value;
            block[size++] = value;
        }
    }

    /**
     * Undoes the Burrows-Wheeler transform and the first run-length coding: four equal bytes are followed by a count.
     */
    private void unsort(byte[] block, int size, int origin) {
        int[] starts = new int[257];
        for (int i = 0; i < size; i++) {
            starts[(block[i] & 0xff) + 1]++;
        }
        for (int i = 0; i < 256; i++) {
            starts[i + 1] += starts[i];
        }
        int[] next = new int[size];
        for (int i = 0; i < size; i++) {
            next[starts[block[i] & 0xff]++] = i;
        }
        int at = next[origin];
        int equal = 0;
        int previous = -1;
        for (int i = 0; i < size && length < out.length; i++) {
            int value = block[at] & 0xff;
            at = next[at];
            if (equal == 4) {
                int repeats = Math.min(value, out.length - length);
                Arrays.fill(out, length, length + repeats, (byte) previous);
                length += repeats;
                equal = 0;
                previous = -1;
            } else {
                equal = value == previous ? equal + 1 : 1;
                previous = value;
                out[length++] = (byte) value;
            }
        }
    }

    private int bits(int count) throws EOFException {
        int value = 0;
        for (int i = 0; i < count; i++) {
            int at = bitAt >>> 3;
            if (at >= in.length) {
                throw new EOFException("Unexpected end of bzip2 input stream");
            }
            value = (value << 1) | ((in[at] >>> (7 - (bitAt & 7))) & 1);
            bitAt++;
        }
        return value;
    }

    /** A canonical code, decoded bit by bit. */
    private final class HuffmanCode {
        private final int[] first = new int[MAX_CODE + 2];
        private final int[] counts = new int[MAX_CODE + 2];
        private final int[] offsets = new int[MAX_CODE + 2];
        private final int[] sorted;

        HuffmanCode(int[] lengths) {
            for (int length : lengths) {
                counts[length]++;
            }
            int code = 0;
            int offset = 0;
            for (int length = 1; length <= MAX_CODE; length++) {
                first[length] = code;
                offsets[length] = offset;
                offset += counts[length];
                code = (code + counts[length]) << 1;
            }
            sorted = new int[lengths.length];
            int[] place = offsets.clone();
            for (int symbol = 0; symbol < lengths.length; symbol++) {
                sorted[place[lengths[symbol]]++] = symbol;
            }
        }

        int next() throws IOException {
            int code = 0;
            for (int length = 1; length <= MAX_CODE; length++) {
                code = (code << 1) | bits(1);
                int index = code - first[length];
                if (index >= 0 && index < counts[length]) {
                    return sorted[offsets[length] + index];
                }
            }
            throw new IOException("a code means nothing");
        }
    }
}
