package io.modelregistry.serialization;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The central directory of a ZIP file (APPNOTE 6.3, with Zip64), and bounded reads of single entries. Extracts nothing.
 *
 * <p>What does not fit together is left out rather than guessed: an entry outside the file, a directory larger than the
 * limits.
 */
final class ZipDirectory {
    private static final int MAX_ENTRIES = 50_000;
    private static final int MAX_DIRECTORY = 3 << 20;
    private static final int END_SIZE = 22;
    private static final int MAX_COMMENT = 0xffff;
    private static final int ENTRY_SIZE = 46;
    private static final long UNKNOWN_32 = 0xffff_ffffL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private final ByteSource bytes;
    private final List<Entry> entries;
    private final boolean complete;

    /** An entry as the central directory describes it; nothing of it is to be trusted. */
    record Entry(String name, int method, long compressedSize, long size, long offset, boolean encrypted) {}

    private ZipDirectory(ByteSource bytes, List<Entry> entries, boolean complete) {
        this.bytes = bytes;
        this.entries = entries;
        this.complete = complete;
    }

    /** The directory; empty when there is none, as in a truncated archive. */
    static Optional<ZipDirectory> find(ByteSource bytes) throws IOException {
        int tailSize = (int) Math.min(bytes.size(), END_SIZE + MAX_COMMENT);
        long tailAt = bytes.size() - tailSize;
        byte[] tail = bytes.read(tailAt, tailSize);
        for (int i = tail.length - END_SIZE; i >= 0; i--) {
            boolean signature = tail[i] == 'P' && tail[i + 1] == 'K' && tail[i + 2] == 5 && tail[i + 3] == 6;
            if (signature && bytes.number(tailAt + i + 20, 2) == tail.length - i - END_SIZE) {
                return directory(bytes, tailAt + i);
            }
        }
        return Optional.empty();
    }

    private static Optional<ZipDirectory> directory(ByteSource bytes, long end) throws IOException {
        long count = bytes.number(end + 10, 2);
        long size = bytes.number(end + 12, 4);
        long start = bytes.number(end + 16, 4);
        if ((count == 0xffff || size == UNKNOWN_32 || start == UNKNOWN_32)
                && bytes.startsWith(end - 20, 'P', 'K', 6, 7)) {
            long end64 = bytes.number(end - 20 + 8, 8);
            if (!bytes.startsWith(end64, 'P', 'K', 6, 6)) {
                return Optional.empty();
            }
            count = bytes.number(end64 + 32, 8);
            size = bytes.number(end64 + 40, 8);
            start = bytes.number(end64 + 48, 8);
        }
        if (start < 0 || size < 0 || count < 0 || start > end || size > end - start) {
            return Optional.empty();
        }
        byte[] raw = bytes.read(start, (int) Math.min(size, MAX_DIRECTORY));
        List<Entry> entries = new ArrayList<>();
        boolean whole = parse(ByteSource.of(raw, false), entries);
        boolean complete = whole && raw.length == size && entries.size() == count;
        return Optional.of(new ZipDirectory(bytes, List.copyOf(entries), complete));
    }

    private static boolean parse(ByteSource raw, List<Entry> entries) throws IOException {
        long at = 0;
        while (at < raw.size()) {
            if (!raw.startsWith(at, 'P', 'K', 1, 2) || entries.size() >= MAX_ENTRIES) {
                return false;
            }
            int nameLength = (int) raw.number(at + 28, 2);
            int extraLength = (int) raw.number(at + 30, 2);
            int commentLength = (int) raw.number(at + 32, 2);
            if (nameLength < 0 || extraLength < 0 || commentLength < 0) {
                return false;
            }
            long next = at + ENTRY_SIZE + nameLength + extraLength + commentLength;
            if (next > raw.size()) {
                return false;
            }
            entries.add(entry(raw, at, nameLength, extraLength));
            at = next;
        }
        return true;
    }

    private static Entry entry(ByteSource raw, long at, int nameLength, int extraLength) throws IOException {
        long compressed = raw.number(at + 20, 4);
        long size = raw.number(at + 24, 4);
        long offset = raw.number(at + 42, 4);
        long extra = at + ENTRY_SIZE + nameLength;
        long extraEnd = extra + extraLength;
        while (extra + 4 <= extraEnd) {
            long kind = raw.number(extra, 2);
            long length = raw.number(extra + 2, 2);
            if (kind == 1) {
                long field = extra + 4;
                if (size == UNKNOWN_32) {
                    size = raw.number(field, 8);
                    field += 8;
                }
                if (compressed == UNKNOWN_32) {
                    compressed = raw.number(field, 8);
                    field += 8;
                }
                offset = offset == UNKNOWN_32 ? raw.number(field, 8) : offset;
            }
            extra += 4 + length;
        }
        boolean encrypted = (raw.number(at + 8, 2) & 1) != 0;
        return new Entry(
                raw.utf8(at + ENTRY_SIZE, nameLength),
                (int) raw.number(at + 10, 2),
                compressed,
                size,
                offset,
                encrypted);
    }

    /** The entries in the directory's order. */
    List<Entry> entries() {
        return entries;
    }

    /** Whether all entries were seen, and their number is what the archive says. */
    boolean complete() {
        return complete;
    }

    /** The first entry of a name. */
    Optional<Entry> find(String name) {
        return entries.stream().filter(e -> e.name().equals(name)).findFirst();
    }

    /** The beginning of an entry's content, at most {@code limit} bytes; empty when it cannot be read. */
    Optional<ByteSource> content(Entry entry, int limit) throws IOException {
        if (entry.encrypted() || entry.offset() < 0 || !bytes.startsWith(entry.offset(), 'P', 'K', 3, 4)) {
            return Optional.empty();
        }
        long nameLength = bytes.number(entry.offset() + 26, 2);
        long extraLength = bytes.number(entry.offset() + 28, 2);
        if (nameLength < 0 || extraLength < 0 || entry.compressedSize() < 0) {
            return Optional.empty();
        }
        long start = entry.offset() + 30 + nameLength + extraLength;
        int available = (int) Math.min(entry.compressedSize(), limit);
        if (entry.method() == STORED) {
            byte[] content = bytes.read(start, available);
            return Optional.of(ByteSource.of(content, content.length < entry.compressedSize()));
        }
        if (entry.method() != DEFLATED) {
            return Optional.empty();
        }
        return inflate(bytes.read(start, available), limit);
    }

    private static Optional<ByteSource> inflate(byte[] compressed, int limit) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(compressed);
            byte[] out = new byte[limit];
            int length = 0;
            while (length < limit && !inflater.finished()) {
                int got = inflater.inflate(out, length, limit - length);
                if (got == 0) {
                    break;
                }
                length += got;
            }
            return Optional.of(ByteSource.of(Arrays.copyOf(out, length), !inflater.finished()));
        } catch (DataFormatException e) {
            return Optional.empty();
        } finally {
            inflater.end();
        }
    }
}
