package io.modelregistry.inference.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Walks over the fields of a protobuf file and skips what nobody asks for without reading it, so that a model of
 * gigabytes costs a few pages.
 *
 * <p>The wire format is that of <a href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers</a>;
 * groups are refused.
 */
final class ProtobufReader {
    private static final int BUFFER = 8192;
    private static final int MAX_TEXT = 1 << 20;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private long bufferStart;
    private int wireType;

    ProtobufReader(FileChannel channel) {
        this.channel = channel;
    }

    /** Where the next byte comes from. */
    long position() {
        return bufferStart + buffer.position();
    }

    /** The number of the next field before the end, or 0 when there is none. */
    int nextField(long end) throws IOException {
        if (position() >= end) {
            return 0;
        }
        long tag = varint();
        wireType = (int) (tag & 7);
        return (int) (tag >>> 3);
    }

    /** The end of the message that starts here; its fields come next. */
    long enter() throws IOException {
        if (wireType != 2) {
            throw new IOException("A field at " + position() + " has wire type " + wireType + " instead of 2");
        }
        long length = varint();
        if (length < 0 || length > channel.size() - position()) {
            throw new EOFException("A field at " + position() + " is longer than the file");
        }
        return position() + length;
    }

    String text() throws IOException {
        long length = enter() - position();
        if (length > MAX_TEXT) {
            throw new IOException("A text at " + position() + " has " + length + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = next();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    long number() throws IOException {
        if (wireType != 0) {
            throw new IOException("A field at " + position() + " has wire type " + wireType + " instead of 0");
        }
        return varint();
    }

    /** Whether the field is length-delimited: a message, a text, or packed numbers. */
    boolean isDelimited() {
        return wireType == 2;
    }

    void skip() throws IOException {
        switch (wireType) {
            case 0 -> varint();
            case 1 -> seek(position() + 8);
            case 2 -> seek(enter());
            case 5 -> seek(position() + 4);
            default -> throw new IOException("Unknown wire type " + wireType + " at " + position());
        }
    }

    void seek(long target) {
        long offset = target - bufferStart;
        if (offset >= 0 && offset <= buffer.limit()) {
            buffer.position((int) offset);
        } else {
            bufferStart = target;
            buffer.position(0).limit(0);
        }
    }

    long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = next();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IOException("A number at " + position() + " does not end");
    }

    private byte next() throws IOException {
        if (!buffer.hasRemaining()) {
            bufferStart += buffer.limit();
            buffer.clear();
            int read = channel.read(buffer, bufferStart);
            buffer.flip();
            if (read <= 0) {
                buffer.limit(0);
                throw new EOFException("The file ends at " + bufferStart + " within a field");
            }
        }
        return buffer.get();
    }
}
