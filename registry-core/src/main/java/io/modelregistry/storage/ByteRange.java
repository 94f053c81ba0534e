package io.modelregistry.storage;

/**
 * Which bytes of an object to read: {@link #ALL}, from an offset, a bounded piece, or the last ones.
 *
 * <p>A range that reaches beyond the end is cut at the end; one that starts at or beyond it is empty. Neither is an
 * error.
 */
public sealed interface ByteRange {
    /** The whole object. */
    ByteRange ALL = new From(0);

    /** Everything from an offset on. */
    static ByteRange from(long offset) {
        return new From(offset);
    }

    /** At most {@code length} bytes from an offset on. */
    static ByteRange of(long offset, long length) {
        return new Bounded(offset, length);
    }

    /** The last {@code length} bytes, or all when there are fewer. */
    static ByteRange last(long length) {
        return new Last(length);
    }

    /** The first byte of this range in an object of a size, never beyond the size. */
    default long startIn(long size) {
        if (this instanceof From from) {
            return Math.min(from.offset, size);
        }
        if (this instanceof Bounded bounded) {
            return Math.min(bounded.offset, size);
        }
        return Math.max(0, size - ((Last) this).length);
    }

    /** How many bytes of this range an object of a size has. */
    default long lengthIn(long size) {
        long available = size - startIn(size);
        return this instanceof Bounded bounded ? Math.min(bounded.length, available) : available;
    }

    /** See {@link ByteRange#from}. */
    record From(long offset) implements ByteRange {
        /** Refuses a negative offset. */
        public From {
            checkNotNegative(offset);
        }
    }

    /** See {@link ByteRange#of}. */
    record Bounded(long offset, long length) implements ByteRange {
        /** Refuses negative numbers. */
        public Bounded {
            checkNotNegative(offset);
            checkNotNegative(length);
        }
    }

    /** See {@link ByteRange#last}. */
    record Last(long length) implements ByteRange {
        /** Refuses a negative length. */
        public Last {
            checkNotNegative(length);
        }
    }

    private static void checkNotNegative(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("A byte range has no negative number, but " + number + " was given");
        }
    }
}
