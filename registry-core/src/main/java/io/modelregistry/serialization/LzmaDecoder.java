package io.modelregistry.serialization;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * The LZMA decoder (LZMA specification, Igor Pavlov) into one array, which is its dictionary too: what does not fit is
 * not decoded.
 */
final class LzmaDecoder {
    private static final int STATES = 12;
    private static final int FULL_DISTANCES = 128;
    private static final int END_POSITION_MODEL = 14;
    private static final int HALF = 1 << 10;
    private static final int LITERAL = 0x300;

    private final byte[] out;
    private int length;
    private int dictionaryStart;

    private int literalContext;
    private int literalPositionMask;
    private int positionMask;
    private boolean ready;

    private byte[] in = new byte[0];
    private int at;
    private int end;
    private int range;
    private int code;

    private int state;
    private final int[] distances = new int[4];
    private final short[] isMatch = new short[STATES << 4];
    private final short[] isRepeat = new short[STATES];
    private final short[] isRepeat0 = new short[STATES];
    private final short[] isRepeat1 = new short[STATES];
    private final short[] isRepeat2 = new short[STATES];
    private final short[] isRepeat0Long = new short[STATES << 4];
    private final short[] slots = new short[4 << 6];
    private final short[] positions = new short[1 + FULL_DISTANCES - END_POSITION_MODEL];
    private final short[] align = new short[16];
    private final Lengths matchLengths = new Lengths();
    private final Lengths repeatLengths = new Lengths();
    private short[] literals = new short[0];

    LzmaDecoder(byte[] out) {
        this.out = out;
    }

    /** How many bytes were decoded. */
    int length() {
        return length;
    }

    /**
     * Takes the encoded lc, lp and pb, of which the first two may add up to a maximum, and starts with a fresh state.
     */
    void properties(int encoded, int maxLiteralBits) throws IOException {
        literalContext = encoded % 9;
        int literalPosition = encoded / 9 % 5;
        int position = encoded / 45;
        if (encoded < 0 || position > 4 || literalContext + literalPosition > maxLiteralBits) {
            throw new IOException("its LZMA properties are impossible");
        }
        literalPositionMask = (1 << literalPosition) - 1;
        positionMask = (1 << position) - 1;
        literals = new short[LITERAL << (literalContext + literalPosition)];
        ready = true;
        resetState();
    }

    /** What an LZMA2 chunk asks for: 0 nothing, 1 a fresh state, 2 new properties too, 3 a fresh dictionary too. */
    void reset(int depth, int encodedProperties) throws IOException {
        if (depth == 3) {
            dictionaryStart = length;
        }
        if (depth >= 2) {
            properties(encodedProperties, 4);
        } else if (!ready) {
            throw new IOException("its first chunk has no properties");
        } else if (depth == 1) {
            resetState();
        }
    }

    /** An uncompressed chunk. */
    void copy(byte[] source, int from, int size, boolean dictionaryReset) {
        if (dictionaryReset) {
            dictionaryStart = length;
        }
        int fitting = Math.min(size, out.length - length);
        System.arraycopy(source, from, out, length, fitting);
        length += fitting;
    }

    private void resetState() {
        state = 0;
        Arrays.fill(distances, 0);
        for (short[] model : new short[][] {
            isMatch, isRepeat, isRepeat0, isRepeat1, isRepeat2, isRepeat0Long, slots, positions, align, literals
        }) {
            Arrays.fill(model, (short) HALF);
        }
        matchLengths.reset();
        repeatLengths.reset();
    }

    /** Decodes until the target length, or the end mark, at which it gives true. */
    boolean decode(byte[] source, int from, int to, int target) throws IOException {
        in = source;
        at = from;
        end = to;
        range = -1;
        if (nextByte() != 0) {
            throw new IOException("its range coder does not start with zero");
        }
        code = (nextByte() << 24) | (nextByte() << 16) | (nextByte() << 8) | nextByte();
        while (length < target) {
            int position = (length - dictionaryStart) & positionMask;
            if (bit(isMatch, (state << 4) | position) == 0) {
                literal();
            } else if (bit(isRepeat, state) == 0) {
                if (!match(position, target)) {
                    return true;
                }
            } else if (!repeat(position, target)) {
                state = state < 7 ? 9 : 11;
                copyBytes(1, target);
            }
        }
        return false;
    }

    private void literal() throws IOException {
        int previous = length > dictionaryStart ? out[length - 1] & 0xff : 0;
        int low = ((length - dictionaryStart) & literalPositionMask) << literalContext;
        int base = LITERAL * (low + (previous >>> (8 - literalContext)));
        int symbol = 1;
        if (state >= 7) {
            checkDistance();
            int matched = out[length - distances[0] - 1] & 0xff;
            while (symbol < 0x100) {
                int expected = (matched >>> 7) & 1;
                matched <<= 1;
                int bit = bit(literals, base + ((1 + expected) << 8) + symbol);
                symbol = (symbol << 1) | bit;
                if (bit != expected) {
                    break;
                }
            }
        }
        while (symbol < 0x100) {
            symbol = (symbol << 1) | bit(literals, base + symbol);
        }
        out[length++] = (byte) symbol;
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    }

    /** False at the end mark. */
    private boolean match(int position, int target) throws IOException {
        System.arraycopy(distances, 0, distances, 1, 3);
        int size = matchLengths.decode(position);
        state = state < 7 ? 7 : 10;
        distances[0] = distance(size);
        if (distances[0] == -1) {
            return false;
        }
        copyBytes(size + 2, target);
        return true;
    }

    /** False when a single byte is repeated. */
    private boolean repeat(int position, int target) throws IOException {
        if (bit(isRepeat0, state) == 0) {
            if (bit(isRepeat0Long, (state << 4) | position) == 0) {
                return false;
            }
        } else {
            int index = bit(isRepeat1, state) == 0 ? 1 : 2 + bit(isRepeat2, state);
            int chosen = distances[index];
            System.arraycopy(distances, 0, distances, 1, index);
            distances[0] = chosen;
        }
        int size = repeatLengths.decode(position);
        state = state < 7 ? 8 : 11;
        copyBytes(size + 2, target);
        return true;
    }

    private int distance(int size) throws IOException {
        int slot = tree(slots, Math.min(size, 3) << 6, 6);
        if (slot < 4) {
            return slot;
        }
        int direct = (slot >>> 1) - 1;
        int distance = (2 | (slot & 1)) << direct;
        if (slot < END_POSITION_MODEL) {
            return distance + reverseTree(positions, distance - slot, direct);
        }
        int bits = 0;
        for (int i = 0; i < direct - 4; i++) {
            normalize();
            range >>>= 1;
            code -= range;
            int borrow = code >> 31;
            code += range & borrow;
            bits = (bits << 1) + borrow + 1;
        }
        return distance + (bits << 4) + reverseTree(align, 0, 4);
    }

    private void checkDistance() throws IOException {
        if (distances[0] < 0 || distances[0] >= length - dictionaryStart) {
            throw new IOException("a distance reaches before the beginning");
        }
    }

    private void copyBytes(int size, int target) throws IOException {
        checkDistance();
        for (int i = 0; i < size && length < target; i++) {
            out[length] = out[length - distances[0] - 1];
            length++;
        }
    }

    private int tree(short[] model, int base, int bits) throws IOException {
        int symbol = 1;
        for (int i = 0; i < bits; i++) {
            symbol = (symbol << 1) | bit(model, base + symbol);
        }
        return symbol - (1 << bits);
    }

    private int reverseTree(short[] model, int base, int bits) throws IOException {
        int index = 1;
        int symbol = 0;
        for (int i = 0; i < bits; i++) {
            int bit = bit(model, base + index);
            index = (index << 1) | bit;
            symbol |= bit << i;
        }
        return symbol;
    }

    private int bit(short[] model, int index) throws IOException {
        normalize();
        int bound = (range >>> 11) * model[index];
        int bit;
        if (Integer.compareUnsigned(code, bound) < 0) {
            range = bound;
            model[index] += (short) ((2048 - model[index]) >>> 5);
            bit = 0;
        } else {
            range -= bound;
            code -= bound;
            model[index] -= (short) (model[index] >>> 5);
            bit = 1;
        }
        return bit;
    }

    /** Widens the range before it is used, not after: the encoder writes no bytes that are not needed. */
    private void normalize() throws IOException {
        if ((range & 0xff00_0000) == 0) {
            range <<= 8;
            code = (code << 8) | nextByte();
        }
    }

    private int nextByte() throws EOFException {
        if (at >= end) {
            throw new EOFException("Unexpected end of LZMA input stream");
        }
        return in[at++] & 0xff;
    }

    /** The lengths of matches or of repeats. */
    private final class Lengths {
        private final short[] choice = new short[2];
        private final short[] low = new short[16 << 3];
        private final short[] middle = new short[16 << 3];
        private final short[] high = new short[256];

        void reset() {
            for (short[] model : new short[][] {choice, low, middle, high}) {
                Arrays.fill(model, (short) HALF);
            }
        }

        int decode(int position) throws IOException {
            if (bit(choice, 0) == 0) {
                return tree(low, position << 3, 3);
            }
            if (bit(choice, 1) == 0) {
                return 8 + tree(middle, position << 3, 3);
            }
            return 16 + tree(high, 0, 8);
        }
    }
}
