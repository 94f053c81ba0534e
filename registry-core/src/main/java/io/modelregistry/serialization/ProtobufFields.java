package io.modelregistry.serialization;

import java.io.IOException;

/**
 * Steps over the fields of one protocol buffers message, by the wire format alone.
 *
 * <p>Call {@link #next} until it is false, then {@link #problem} tells whether that was the end. A field that claims to
 * reach beyond the message is returned once, shortened, with {@link #overruns} true: it is where a truncated file ends.
 */
final class ProtobufFields {
    private static final int MAX_VARINT = 10;

    private final ByteSource bytes;
    private final long end;
    private long at;
    private int field;
    private WireType wire = WireType.VARINT;
    private long value;
    private long start;
    private boolean overruns;
    private String problem = "";

    /** The forms that a field's value can have. */
    enum WireType {
        VARINT,
        FIXED64,
        BYTES,
        FIXED32
    }

    ProtobufFields(ByteSource bytes, long start, long end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** A whole file as one message. */
    static ProtobufFields of(ByteSource bytes) {
        return new ProtobufFields(bytes, 0, bytes.size());
    }

    /** The bytes of the present field as a message. */
    ProtobufFields message() {
        return new ProtobufFields(bytes, start, start + value);
    }

    boolean next() throws IOException {
        if (at >= end || !problem.isEmpty() || overruns) {
            return false;
        }
        long tagAt = at;
        long tag = varint();
        if (tag < 0 || tag >>> 3 == 0 || tag >>> 3 > 0x1fff_ffff) {
            return fail("no field begins", tagAt);
        }
        field = (int) (tag >>> 3);
        start = at;
        switch ((int) (tag & 7)) {
            case 0 -> {
                wire = WireType.VARINT;
                value = varint();
                return value != -1 || problem.isEmpty() || fail("a number ends too early", tagAt);
            }
            case 1 -> skip(WireType.FIXED64, 8);
            case 2 -> {
                long length = varint();
                if (length < 0) {
                    return fail("a length is impossible", tagAt);
                }
                start = at;
                skip(WireType.BYTES, length);
            }
            case 5 -> skip(WireType.FIXED32, 4);
            default -> {
                return fail("a field has no type", tagAt);
            }
        }
        return true;
    }

    private void skip(WireType type, long length) {
        wire = type;
        long left = end - start;
        overruns = length > left;
        value = Math.min(length, left);
        at = start + value;
    }

    private boolean fail(String what, long where) {
        problem = what + " at byte " + where;
        return false;
    }

    /**
     * The number, or -1 with a problem set when its bytes are not all there; a number of 64 bits may be negative
     * itself.
     */
    private long varint() throws IOException {
        byte[] found = bytes.read(at, (int) Math.min(MAX_VARINT, end - at));
        long result = 0;
        for (int i = 0; i < found.length; i++) {
            result |= (long) (found[i] & 0x7f) << (7 * i);
            if (found[i] >= 0) {
                at += i + 1;
                return result;
            }
        }
        fail("a number does not end", at);
        return -1;
    }

    int field() {
        return field;
    }

    boolean is(int number, WireType type) {
        return field == number && wire == type;
    }

    boolean isBytes(int number) {
        return is(number, WireType.BYTES);
    }

    WireType wire() {
        return wire;
    }

    /** The number, or for {@link WireType#BYTES} how many bytes there are. */
    long value() {
        return value;
    }

    /** Whether the message ends before this field does. */
    boolean overruns() {
        return overruns;
    }

    /** The bytes as text, at most 1,024 of them. */
    String text() throws IOException {
        return bytes.utf8(start, (int) Math.min(value, 1_024));
    }

    /** Where the message stopped to make sense; empty when it did not. */
    String problem() {
        return problem;
    }

    /** The offset behind the present field. */
    long at() {
        return at;
    }
}
