package io.modelregistry.serialization;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One of the {@link ModelFiles}, read in blocks: small ones after a jump, growing while the reading is sequential.
 * Keeps one stream open between blocks that follow each other.
 */
final class FileBytes implements ByteSource, AutoCloseable {
    private static final int SMALL_BLOCK = 512;
    private static final int LARGE_BLOCK = 64 << 10;

    private final ModelFiles files;
    private final String path;
    private final long size;
    private final Allowance allowance;
    private byte[] block = new byte[0];
    private long blockStart;
    private int blockSize = SMALL_BLOCK;
    private @Nullable InputStream stream;
    private long streamAt;

    FileBytes(ModelFiles files, String path, Allowance allowance) throws IOException {
        this.files = files;
        this.path = path;
        this.size = files.size(path);
        this.allowance = allowance;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean cut() {
        return false;
    }

    @Override
    public void charge(long bytes) {
        allowance.drainWhole(bytes);
    }

    @Override
    public byte[] read(long offset, int length) throws IOException {
        if (offset < 0 || offset >= size || length <= 0) {
            return new byte[0];
        }
        int wanted = (int) Math.min(length, size - offset);
        long end = offset + wanted;
        if (offset >= blockStart && end <= blockStart + block.length) {
            int from = (int) (offset - blockStart);
            return Arrays.copyOfRange(block, from, from + wanted);
        }
        if (wanted > LARGE_BLOCK) {
            return fetch(offset, wanted);
        }
        blockSize = offset >= blockStart && offset <= blockStart + block.length
                ? Math.min(LARGE_BLOCK, blockSize * 2)
                : SMALL_BLOCK;
        block = fetch(offset, (int) Math.min(Math.max(wanted, blockSize), size - offset));
        blockStart = offset;
        return Arrays.copyOfRange(block, 0, Math.min(wanted, block.length));
    }

    @Override
    public void close() throws IOException {
        InputStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }

    private byte[] fetch(long offset, int length) throws IOException {
        allowance.spend(length);
        if (stream == null || streamAt != offset) {
            close();
            stream = files.open(path, offset);
            streamAt = offset;
        }
        byte[] bytes = stream.readNBytes(length);
        streamAt += bytes.length;
        return bytes;
    }

    /** How many bytes may still be read, of one file and of all together. */
    static final class Allowance {
        private final @Nullable Allowance whole;
        private long left;
        private boolean refused;

        Allowance(long bytes, @Nullable Allowance whole) {
            this.left = bytes;
            this.whole = whole;
        }

        void spend(long bytes) throws ReadLimitException {
            if (bytes > left || (whole != null && bytes > whole.left)) {
                refused = true;
                throw new ReadLimitException("more would have to be read than looking at files may cost");
            }
            if (whole != null) {
                whole.spend(bytes);
            }
            left -= bytes;
        }

        /** Whether somebody wanted to read more than this. */
        boolean refused() {
            return refused;
        }

        /** Takes from what all together may read, leaving this file its own. */
        void drainWhole(long bytes) {
            if (whole != null) {
                whole.left = Math.max(0, whole.left - bytes);
            }
        }

        boolean spent() {
            return left <= 0;
        }
    }
}
