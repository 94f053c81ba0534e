package io.modelregistry.storage.fs;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/**
 * A file of a {@link SimulatedDisk}: what programs read from it, and what of that the disk has for certain. Arrays are
 * replaced and never changed, so that copies may share them.
 */
final class DiskFile implements DiskEntry {
    private final long number;
    private Instant modified;
    private byte[] content;
    private byte[] forced;

    DiskFile(long number, Instant modified, byte[] content, byte[] forced) {
        this.number = number;
        this.modified = modified;
        this.content = content;
        this.forced = forced;
    }

    DiskFile copy() {
        return new DiskFile(number, modified, content, forced);
    }

    @Override
    public long number() {
        return number;
    }

    byte[] content() {
        return content;
    }

    byte[] forced() {
        return forced;
    }

    FileFacts facts() {
        return new FileFacts(FileFacts.Kind.FILE, content.length, modified, Long.toString(number));
    }

    void append(ByteBuffer bytes, Instant now) {
        int length = content.length;
        byte[] longer = Arrays.copyOf(content, length + bytes.remaining());
        bytes.get(longer, length, bytes.remaining());
        content = longer;
        modified = now;
    }

    /** Empties the file, as opening it for writing does; the disk may still have what was forced. */
    void truncate(Instant now) {
        content = new byte[0];
        modified = now;
    }

    void force() {
        forced = content;
    }

    /** The file as the next boot finds it, with the content that the disk has. */
    DiskFile holding(byte[] survived) {
        return new DiskFile(number, modified, survived, survived);
    }
}
