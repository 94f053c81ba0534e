package io.modelregistry.serialization;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of an object stream, whose own failures can be told from those of what reads objects from it. */
final class ObjectBytes extends FilterInputStream {
    private final long size;
    private boolean failed;

    ObjectBytes(InputStream in, long size) {
        super(in);
        this.size = size;
    }

    /** How many bytes there are. */
    long size() {
        return size;
    }

    /** Whether the last exception that was seen is one of reading these bytes. */
    boolean failed() {
        return failed;
    }

    @Override
    public int read() throws IOException {
        failed = true;
        int read = super.read();
        failed = false;
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        failed = true;
        int read = super.read(buffer, offset, length);
        failed = false;
        return read;
    }

    @Override
    public long skip(long count) throws IOException {
        failed = true;
        long skipped = super.skip(count);
        failed = false;
        return skipped;
    }
}
