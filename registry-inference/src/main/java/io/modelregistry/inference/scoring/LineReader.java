package io.modelregistry.inference.scoring;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a part of a file as bytes, and knows where each one ends. A line that is too long is skipped
 * without being held. For one thread at a time.
 */
final class LineReader implements Closeable {
    private static final int CHUNK = 1 << 16;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    /**
     * A line without its line feed.
     *
     * @param number counted from 1
     * @param bytes its content; empty if it is too long
     * @param end the position in the file behind its line feed
     * @param isTooLong whether it is longer than may be held
     */
    record Line(long number, byte[] bytes, long end, boolean isTooLong) {}

    private final InputStream in;
    private final int longest;
    private final byte[] chunk = new byte[CHUNK];
    private byte[] line = new byte[1024];
    private int position;
    private int limit;
    private long left;
    private long offset;
    private long number;

    private LineReader(InputStream in, Part part, int longest) {
        this.in = in;
        this.longest = longest;
        this.offset = part.from;
        this.number = part.linesBefore;
        this.left = part.to - part.from;
    }

    /**
     * A part of a file.
     *
     * @param from the position of its first byte
     * @param to the position behind its last one: what is appended to the file later is not read
     * @param linesBefore the lines before it
     */
    record Part(long from, long to, long linesBefore) {}

    /**
     * Opens a part of a file.
     *
     * @param longest the most bytes of a line that is held
     */
    static LineReader open(Path file, Part part, int longest) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.READ);
        try {
            channel.position(part.from);
            LineReader reader = new LineReader(Channels.newInputStream(channel), part, longest);
            if (part.from == 0) {
                reader.skipByteOrderMark();
            }
            return reader;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** A reader of no line at all. */
    static LineReader none() {
        return new LineReader(InputStream.nullInputStream(), new Part(0, 0, 0), Integer.MAX_VALUE);
    }

    int longest() {
        return longest;
    }

    private void skipByteOrderMark() throws IOException {
        fill();
        int length = BYTE_ORDER_MARK.length;
        if (limit >= length && Arrays.equals(chunk, 0, length, BYTE_ORDER_MARK, 0, length)) {
            position = length;
            offset = length;
        }
    }

    /** The next line; null at the end. */
    @Nullable
    Line next() throws IOException {
        int length = 0;
        boolean isTooLong = false;
        boolean isAnything = false;
        while (position < limit || fill()) {
            isAnything = true;
            int end = position;
            while (end < limit && chunk[end] != '\n') {
                end++;
            }
            int more = end - position;
            isTooLong |= more > longest - length;
            if (!isTooLong) {
                line = length + more > line.length
                        ? Arrays.copyOf(line, Math.max(2 * line.length, length + more))
                        : line;
                System.arraycopy(chunk, position, line, length, more);
                length += more;
            }
            boolean isWhole = end < limit;
            position = isWhole ? end + 1 : end;
            offset += more + (isWhole ? 1 : 0);
            if (isWhole) {
                return line(length, isTooLong);
            }
        }
        return isAnything ? line(length, isTooLong) : null;
    }

    private Line line(int length, boolean isTooLong) {
        number++;
        return new Line(number, isTooLong ? new byte[0] : Arrays.copyOf(line, length), offset, isTooLong);
    }

    private boolean fill() throws IOException {
        int read = left == 0 ? -1 : in.readNBytes(chunk, 0, (int) Math.min(chunk.length, left));
        if (read <= 0) {
            return false;
        }
        left -= read;
        position = 0;
        limit = read;
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
