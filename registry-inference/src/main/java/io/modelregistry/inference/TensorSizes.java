package io.modelregistry.inference;

import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import java.util.Arrays;

/** Counts elements and bytes, and refuses sizes that no tensor can have. */
final class TensorSizes {
    private TensorSizes() {}

    static long[] dimensions(int count, long[] sizes) {
        if (sizes.length == 0) {
            return new long[] {count};
        }
        if (elements(sizes) != count) {
            throw new InvalidValueException(
                    "shape", Arrays.toString(sizes), "there are " + count + " elements", "sizes that multiply to that");
        }
        return sizes.clone();
    }

    static int elements(long[] sizes) {
        for (long size : sizes) {
            if (size < 0) {
                throw new InvalidValueException(
                        "shape", Arrays.toString(sizes), "a size is negative", "sizes from 0 on");
            }
        }
        if (Arrays.stream(sizes).anyMatch(size -> size == 0)) {
            return 0;
        }
        long count = 1;
        for (long size : sizes) {
            count = multiply(count, size, sizes);
        }
        return (int) count;
    }

    private static long multiply(long count, long size, long[] sizes) {
        if (size > Integer.MAX_VALUE / count) {
            throw new InvalidValueException(
                    "shape", Arrays.toString(sizes), "it has too many elements", "at most " + Integer.MAX_VALUE);
        }
        return count * size;
    }

    static int bytes(DataType type, int count) {
        long bytes = (long) type.byteSize() * count;
        if (bytes > Integer.MAX_VALUE - 64) {
            throw new InvalidValueException(
                    "tensor", type + " x " + count, "it takes " + bytes + " bytes", "less than 2 GiB");
        }
        return (int) bytes;
    }

    static void checkBytes(DataType type, long[] sizes, int count, int actual) {
        requireFixedSize(type, sizes);
        if (bytes(type, count) != actual) {
            throw new InvalidValueException(
                    "buffer",
                    type + Arrays.toString(sizes),
                    "it has " + actual + " bytes",
                    bytes(type, count) + " bytes for " + count + " elements");
        }
    }

    static void requireFixedSize(DataType type, long[] sizes) {
        if (type == DataType.BYTES) {
            throw new InvalidValueException(
                    "tensor", type + Arrays.toString(sizes), "texts have no fixed size", "Tensor.ofStrings for texts");
        }
    }
}
