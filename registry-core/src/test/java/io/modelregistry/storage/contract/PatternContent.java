package io.modelregistry.storage.contract;

import io.modelregistry.storage.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Content of any size that needs no memory: each block follows from the seed and its number.
 *
 * @param seed other seeds give other bytes
 * @param size in bytes
 */
public record PatternContent(long seed, long size) implements Content {
    private static final int BLOCK = 1 << 16;

    /** The first bytes of a seed. */
    public static byte[] bytes(long seed, int size) {
        try (InputStream stream = new PatternContent(seed, size).open()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("A pattern in memory cannot fail", e);
        }
    }

    @Override
    public InputStream open() {
        return new Blocks(seed, size);
    }

    /** Whether a stream has exactly these bytes. */
    public boolean isIn(InputStream stream) throws IOException {
        byte[] expected = new byte[BLOCK];
        try (InputStream pattern = open()) {
            while (true) {
                int length = pattern.readNBytes(expected, 0, BLOCK);
                byte[] actual = stream.readNBytes(length == 0 ? 1 : length);
                if (!Arrays.equals(actual, 0, actual.length, expected, 0, length)) {
                    return false;
                }
                if (length == 0) {
                    return true;
                }
            }
        }
    }

    private static final class Blocks extends InputStream {
        private final long seed;
        private final byte[] block = new byte[BLOCK];
        private long left;
        private long number;
        private int position = BLOCK;

        Blocks(long seed, long size) {
            this.seed = seed;
            this.left = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, buffer.length);
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            if (position == BLOCK) {
                fill();
            }
            int count = (int) Math.min(Math.min(length, left), BLOCK - position);
            System.arraycopy(block, position, buffer, offset, count);
            position += count;
            left -= count;
            return count;
        }

        private void fill() {
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number++);
            ByteBuffer longs = ByteBuffer.wrap(block);
            while (longs.hasRemaining()) {
                longs.putLong(random.nextLong());
            }
            position = 0;
        }
    }
}
