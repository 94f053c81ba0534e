package io.modelregistry.inference;

import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns Java arrays of any depth into tensors, and puts tensors together. */
final class TensorArrays {
    private TensorArrays() {}

    static DataType naturalType(Object array) {
        Class<?> leaf = array.getClass();
        while (leaf.isArray()) {
            leaf = leaf.getComponentType();
        }
        if (leaf == float.class || leaf == Float.class) {
            return DataType.FP32;
        } else if (leaf == double.class || leaf == Double.class) {
            return DataType.FP64;
        } else if (leaf == long.class || leaf == Long.class) {
            return DataType.INT64;
        } else if (leaf == int.class || leaf == Integer.class) {
            return DataType.INT32;
        } else if (leaf == short.class || leaf == Short.class) {
            return DataType.INT16;
        } else if (leaf == byte.class || leaf == Byte.class) {
            return DataType.INT8;
        } else if (leaf == boolean.class || leaf == Boolean.class) {
            return DataType.BOOL;
        } else if (leaf == String.class) {
            return DataType.BYTES;
        }
        throw refused(array, "its elements are of class " + leaf.getName(), "numbers, booleans or texts");
    }

    static Tensor read(Object array, DataType type) {
        DataType natural = naturalType(array);
        boolean same = natural == type;
        boolean converts = natural.isFloatingPoint() ? type.isFloatingPoint() : natural.isInteger() && type.isInteger();
        if (!same && !converts) {
            throw refused(array, "its elements cannot be " + type, "an array of " + type + " elements");
        }
        long[] sizes = sizes(array);
        int count = TensorSizes.elements(sizes);
        if (type == DataType.BYTES) {
            String[] texts = new String[count];
            copyTexts(array, sizes, 0, texts, 0);
            return Tensor.texts(sizes, texts);
        }
        Tensor tensor = Tensor.heap(type, sizes, count);
        ByteBuffer data = tensor.dataForFilling();
        if (same && sizes.length > 0) {
            copyRows(array, sizes, 0, data);
        } else {
            convert(array, sizes, 0, new Target(type, natural, data), 0);
        }
        return tensor;
    }

    private static long[] sizes(Object array) {
        List<Long> sizes = new ArrayList<>();
        Object level = array;
        Class<?> type = array.getClass();
        while (type.isArray()) {
            int length = level == null ? 0 : Array.getLength(level);
            sizes.add((long) length);
            type = type.getComponentType();
            level = length == 0 || type.isPrimitive() ? null : Array.get(level, 0);
        }
        return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    private static int checkedLength(Object level, long[] sizes, int depth) {
        if (level == null) {
            throw refused(sizes, "a row is null", "an array without null");
        }
        int length = Array.getLength(level);
        if (length != sizes[depth]) {
            throw refused(
                    sizes,
                    "its rows differ in length (" + sizes[depth] + " and " + length + ")",
                    "rows of the same length");
        }
        return length;
    }

    private static void copyRows(Object level, long[] sizes, int depth, ByteBuffer data) {
        int length = checkedLength(level, sizes, depth);
        if (depth < sizes.length - 1) {
            for (Object row : (Object[]) level) {
                copyRows(row, sizes, depth + 1, data);
            }
            return;
        }
        int bytes = copyRow(level, data, length);
        data.position(data.position() + bytes);
    }

    private static int copyRow(Object row, ByteBuffer data, int length) {
        if (row instanceof float[] floats) {
            data.asFloatBuffer().put(floats);
            return length * 4;
        } else if (row instanceof double[] doubles) {
            data.asDoubleBuffer().put(doubles);
            return length * 8;
        } else if (row instanceof long[] longs) {
            data.asLongBuffer().put(longs);
            return length * 8;
        } else if (row instanceof int[] ints) {
            data.asIntBuffer().put(ints);
            return length * 4;
        } else if (row instanceof short[] shorts) {
            data.asShortBuffer().put(shorts);
            return length * 2;
        } else if (row instanceof byte[] bytes) {
            data.slice().put(bytes);
            return length;
        } else if (row instanceof boolean[] booleans) {
            for (int i = 0; i < length; i++) {
                data.put(data.position() + i, (byte) (booleans[i] ? 1 : 0));
            }
            return length;
        }
        throw refused(row, "its elements are boxed", "an array of primitives");
    }

    private static int copyTexts(Object level, long[] sizes, int depth, String[] target, int start) {
        if (depth == sizes.length) {
            if (level == null) {
                throw refused(sizes, "a text is null", "an array without null");
            }
            target[start] = (String) level;
            return start + 1;
        }
        checkedLength(level, sizes, depth);
        int next = start;
        for (Object element : (Object[]) level) {
            next = copyTexts(element, sizes, depth + 1, target, next);
        }
        return next;
    }

    private static int convert(Object level, long[] sizes, int depth, Target target, int start) {
        if (depth == sizes.length) {
            target.put(start, level);
            return start + 1;
        }
        int length = checkedLength(level, sizes, depth);
        int next = start;
        for (int i = 0; i < length; i++) {
            next = convert(Array.get(level, i), sizes, depth + 1, target, next);
        }
        return next;
    }

    static Tensor concatenate(List<Tensor> parts) {
        if (parts.isEmpty()) {
            throw new InvalidValueException("tensors", "[]", "there are none", "at least one");
        }
        Tensor first = parts.get(0);
        long[] sizes = first.shape();
        long rows = 0;
        for (Tensor part : parts) {
            if (part.type() != first.type() || !isStackable(first, part)) {
                throw new InvalidValueException(
                        "tensors", first + " and " + part, "they do not fit on each other", "equal type and row shape");
            }
            rows += part.size(0);
        }
        sizes[0] = rows;
        if (first.type() == DataType.BYTES) {
            String[] texts = parts.stream()
                    .flatMap(part -> Arrays.stream(part.requireTexts()))
                    .toArray(String[]::new);
            return Tensor.texts(sizes, texts);
        }
        Tensor whole = Tensor.heap(first.type(), sizes, TensorSizes.elements(sizes));
        ByteBuffer data = whole.dataForFilling();
        for (Tensor part : parts) {
            part.copyTo(data.slice());
            data.position(data.position() + part.byteSize());
        }
        return whole;
    }

    private static boolean isStackable(Tensor a, Tensor b) {
        return a.rank() > 0 && a.rank() == b.rank() && Arrays.equals(a.sizes(), 1, a.rank(), b.sizes(), 1, b.rank());
    }

    private static InvalidValueException refused(Object array, String why, String expected) {
        String text = array instanceof long[] sizes
                ? Arrays.toString(sizes)
                : array.getClass().getSimpleName();
        return new InvalidValueException("array", text, why, expected);
    }

    /** Where converted elements go. */
    private record Target(DataType type, DataType from, ByteBuffer data) {
        void put(int position, Object element) {
            if (element instanceof Boolean value) {
                TensorElements.put(type, data, position, value ? 1L : 0L);
            } else if (element instanceof Float || element instanceof Double) {
                TensorElements.put(type, data, position, ((Number) element).doubleValue());
            } else {
                long value = ((Number) element).longValue();
                boolean sameBits = from.byteSize() == type.byteSize();
                if (!sameBits && !fits(value)) {
                    throw new InvalidValueException(
                            "element", Long.toString(value), "it is out of range", "a value of " + type);
                }
                TensorElements.put(type, data, position, value);
            }
        }

        private boolean fits(long value) {
            int bits = type.byteSize() * 8;
            if (type.isUnsigned()) {
                return value >= 0 && (bits == 64 || value < 1L << bits);
            }
            return bits == 64 || (value >= -(1L << (bits - 1)) && value < 1L << (bits - 1));
        }
    }
}
