package io.modelregistry.inference;

import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A block of elements of one {@link DataType}, row-major and little-endian, or of texts. It holds no native handle:
 * there is nothing to close.
 *
 * <p>Tensors made from arrays are copies and never change. A tensor that {@linkplain #wrap wraps} a buffer, or that was
 * {@linkplain #allocate allocated} to receive results, shares its memory with whoever writes to it. Reading is safe
 * from any number of threads as long as nobody writes.
 */
public final class Tensor implements TensorValue {
    private final DataType type;
    private final long[] sizes;
    private final int elementCount;
    private final ByteBuffer data;
    private final String @Nullable [] texts;
    private final boolean writable;

    private Tensor(DataType type, long[] sizes, ByteBuffer data, String @Nullable [] texts, boolean writable) {
        this.type = type;
        this.sizes = sizes;
        this.elementCount = texts != null ? texts.length : data.limit() / type.byteSize();
        this.data = data;
        this.texts = texts;
        this.writable = writable;
    }

    /**
     * Copies a Java array of any depth: {@code float[][]} becomes FP32 with two dimensions, {@code String[]} BYTES with
     * one, a boxed number or a text a scalar. {@code byte} is INT8 and {@code short} INT16; other types need
     * {@link #of(DataType, Object)}.
     *
     * @throws InvalidValueException if it is no such array, or its rows differ in length
     */
    public static Tensor of(Object array) {
        return TensorArrays.read(array, TensorArrays.naturalType(array));
    }

    /**
     * Copies a Java array as another type: integers as any integer type that can hold each of them, floating-point
     * numbers as FP16, BF16 (rounded to nearest even), FP32 or FP64.
     *
     * <p>{@code byte} and {@code short} arrays given as UINT8 and UINT16 are taken bit by bit, as are {@code int} as
     * UINT32 and {@code long} as UINT64.
     *
     * @throws InvalidValueException if it is no such array, its rows differ in length, or an element does not fit
     */
    public static Tensor of(DataType type, Object array) {
        return TensorArrays.read(array, type);
    }

    /**
     * Copies elements in row-major order.
     *
     * @param sizes the dimensions; none given means one dimension
     * @throws InvalidValueException if the sizes do not multiply to the number of elements
     */
    public static Tensor ofFloats(float[] elements, long... sizes) {
        Tensor tensor = heap(DataType.FP32, TensorSizes.dimensions(elements.length, sizes), elements.length);
        tensor.data.asFloatBuffer().put(elements);
        return tensor;
    }

    /**
     * Copies texts in row-major order.
     *
     * @param sizes the dimensions; none given means one dimension
     * @throws InvalidValueException if the sizes do not multiply to the number of elements
     */
    public static Tensor ofStrings(List<String> elements, long... sizes) {
        String[] copy = elements.toArray(String[]::new);
        for (String element : copy) {
            Objects.requireNonNull(element, "element");
        }
        return texts(TensorSizes.dimensions(copy.length, sizes), copy);
    }

    /**
     * Copies the bytes between position and limit, row-major and little-endian whatever the order of the buffer says.
     * Of BOOL, every byte but 0 is true.
     *
     * @throws InvalidValueException if there are more or fewer bytes than the type and the sizes need, or the type is
     *     BYTES
     */
    public static Tensor copyOf(DataType type, long[] sizes, ByteBuffer source) {
        int count = TensorSizes.elements(sizes);
        TensorSizes.checkBytes(type, sizes, count, source.remaining());
        Tensor tensor = heap(type, sizes.clone(), count);
        if (type == DataType.BOOL) {
            TensorElements.copyBooleans(source.slice(), tensor.data);
        } else {
            tensor.data.put(0, source, source.position(), source.remaining());
        }
        return tensor;
    }

    /**
     * Takes the bytes between position and limit without copying them: what is written to the buffer later changes the
     * tensor. A large direct buffer is handed to the engine as it is.
     *
     * @throws InvalidValueException if the order of the buffer is not little-endian (for types wider than a byte),
     *     there are more or fewer bytes than the type and the sizes need, or the type is BYTES
     */
    public static Tensor wrap(DataType type, long[] sizes, ByteBuffer source) {
        int count = TensorSizes.elements(sizes);
        TensorSizes.checkBytes(type, sizes, count, source.remaining());
        if (type.byteSize() > 1 && source.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new InvalidValueException(
                    "buffer", source.toString(), "its byte order is big-endian", "a buffer with order(LITTLE_ENDIAN)");
        }
        ByteBuffer data = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(type, sizes.clone(), data, null, !source.isReadOnly());
    }

    /**
     * A tensor of zeros in direct memory, to be filled by {@link Predictor#predictInto}.
     *
     * @throws InvalidValueException if a size is negative, the whole is larger than 2 GiB, or the type is BYTES
     */
    public static Tensor allocate(DataType type, long... sizes) {
        int count = TensorSizes.elements(sizes);
        TensorSizes.requireFixedSize(type, sizes);
        ByteBuffer data =
                ByteBuffer.allocateDirect(TensorSizes.bytes(type, count)).order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(type, sizes.clone(), data, null, true);
    }

    static Tensor heap(DataType type, long[] sizes, int count) {
        TensorSizes.requireFixedSize(type, sizes);
        return new Tensor(
                type,
                sizes,
                ByteBuffer.wrap(new byte[TensorSizes.bytes(type, count)]).order(ByteOrder.LITTLE_ENDIAN),
                null,
                false);
    }

    static Tensor texts(long[] sizes, String[] texts) {
        return new Tensor(DataType.BYTES, sizes, ByteBuffer.allocate(0), texts, false);
    }

    /** The type of the elements. */
    public DataType type() {
        return type;
    }

    /** The sizes of the dimensions in a new array; empty for a scalar. */
    public long[] shape() {
        return sizes.clone();
    }

    /** The number of dimensions. */
    public int rank() {
        return sizes.length;
    }

    /**
     * The size of one dimension.
     *
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public long size(int dimension) {
        return sizes[dimension];
    }

    /** The number of elements. */
    public int elementCount() {
        return elementCount;
    }

    /**
     * The bytes that a tensor of this type and these sizes takes.
     *
     * @throws InvalidValueException if a size is negative, the whole is larger than 2 GiB, or the type is BYTES
     */
    public static int byteSize(DataType type, long... sizes) {
        TensorSizes.requireFixedSize(type, sizes);
        return TensorSizes.bytes(type, TensorSizes.elements(sizes));
    }

    /** The bytes that the elements take; 0 for texts. */
    public int byteSize() {
        return data.limit();
    }

    /** Whether the dimensions have exactly these sizes. */
    public boolean hasShape(long... expected) {
        return Arrays.equals(sizes, expected);
    }

    /** Whether both have the same dimensions, whatever their types. */
    public boolean hasShapeOf(Tensor other) {
        return Arrays.equals(sizes, other.sizes);
    }

    /** Whether the elements lie outside the heap, where an engine can read them without a copy. */
    public boolean isDirect() {
        return data.isDirect();
    }

    /** Whether {@link #writeFrom} can change this tensor. */
    public boolean isWritable() {
        return writable;
    }

    /** The elements as a read-only, little-endian view; empty for texts. */
    public ByteBuffer data() {
        return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Gives the shared memory itself to an engine that reads or fills it during a call.
     *
     * @throws ReadOnlyBufferException if this tensor is not {@linkplain #isWritable writable}
     */
    public ByteBuffer sharedData() {
        if (!writable) {
            throw new ReadOnlyBufferException();
        }
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Copies all elements to the start of the target, whose position and limit stay as they are; nothing for texts. */
    public void copyTo(ByteBuffer target) {
        if (type == DataType.BOOL) {
            TensorElements.copyBooleans(data, target);
        } else {
            target.put(0, data, 0, data.limit());
        }
    }

    /**
     * Replaces all elements by those of a tensor of the same type and number of elements.
     *
     * @throws ReadOnlyBufferException if this tensor is not {@linkplain #isWritable writable}
     * @throws IllegalArgumentException if the other one has another type or number of elements
     */
    public void writeFrom(Tensor source) {
        if (!writable) {
            throw new ReadOnlyBufferException();
        }
        if (source.type != type || source.elementCount != elementCount) {
            throw new IllegalArgumentException("Cannot write " + source + " to " + this);
        }
        data.put(0, source.data, 0, data.limit());
    }

    /** A copy on the heap that shares nothing with this tensor and never changes. */
    public Tensor copy() {
        if (texts != null) {
            return this;
        }
        Tensor copy = heap(type, sizes, elementCount);
        copy.data.put(0, data, 0, data.limit());
        return copy;
    }

    /** The elements of an FP32 tensor, or those of FP16 and BF16 widened, in a new array. */
    public float[] floats() {
        return TensorElements.floats(this, data);
    }

    /** The elements of a floating-point tensor, widened where needed, in a new array. */
    public double[] doubles() {
        return TensorElements.doubles(this, data);
    }

    /** The elements of an integer or BOOL tensor, widened where needed, in a new array; UINT64 as its 64 bits. */
    public long[] longs() {
        return TensorElements.longs(this, data);
    }

    /** The elements of an INT32, INT16, INT8, UINT16, UINT8 or BOOL tensor in a new array. */
    public int[] ints() {
        return TensorElements.ints(this, data);
    }

    /** The elements of a BOOL tensor in a new array. */
    public boolean[] booleans() {
        TensorElements.require(this, type == DataType.BOOL, "booleans");
        boolean[] out = new boolean[elementCount];
        for (int i = 0; i < out.length; i++) {
            out[i] = data.get(i) != 0;
        }
        return out;
    }

    /** The texts of a BYTES tensor. */
    public List<String> strings() {
        return List.of(requireTexts());
    }

    /** One element of a floating-point tensor, by one index per dimension or one index into the row-major order. */
    public float floatAt(long... index) {
        return (float) doubleAt(index);
    }

    /**
     * One element of any numeric tensor as a number, by one index per dimension or one index into the row-major order.
     */
    public double doubleAt(long... index) {
        return TensorElements.doubleAt(this, data, position(index));
    }

    /** One element of an integer or BOOL tensor, by one index per dimension or one index into the row-major order. */
    public long longAt(long... index) {
        return TensorElements.longAt(this, data, position(index));
    }

    /** One text of a BYTES tensor, by one index per dimension or one index into the row-major order. */
    public String stringAt(long... index) {
        return requireTexts()[position(index)];
    }

    /** Whether no element is NaN or infinite; always true for types that cannot be. */
    public boolean isFinite() {
        return TensorElements.isFinite(this, data);
    }

    /**
     * The rows from one index (inclusive) to another (exclusive) along the first dimension; it shares this tensor's
     * memory.
     *
     * @throws IndexOutOfBoundsException if there are no such rows
     */
    public Tensor rows(long from, long to) {
        if (sizes.length == 0) {
            throw new IndexOutOfBoundsException("A scalar has no rows");
        }
        Objects.checkFromToIndex(from, to, sizes[0]);
        long[] part = sizes.clone();
        part[0] = to - from;
        int perRow = sizes[0] == 0 ? 0 : (int) (elementCount / sizes[0]);
        int start = (int) from * perRow;
        int length = (int) (to - from) * perRow;
        if (texts != null) {
            return texts(part, Arrays.copyOfRange(texts, start, start + length));
        }
        ByteBuffer slice = data.slice(start * type.byteSize(), length * type.byteSize());
        return new Tensor(type, part, slice.order(ByteOrder.LITTLE_ENDIAN), null, writable);
    }

    /**
     * Copies tensors one after the other along the first dimension.
     *
     * @throws InvalidValueException if there are none, or they differ in type or in a dimension other than the first
     */
    public static Tensor concatenate(List<Tensor> parts) {
        return TensorArrays.concatenate(parts);
    }

    /** Whether all texts are made of whole characters, so that they have a UTF-8 form. */
    boolean isUnicode() {
        for (String text : requireTexts()) {
            if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                return false;
            }
        }
        return true;
    }

    long[] sizes() {
        return sizes;
    }

    /** The memory of a tensor that is still being made. */
    ByteBuffer dataForFilling() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    String[] requireTexts() {
        String[] present = texts;
        if (present == null) {
            throw new IllegalStateException("Cannot read texts from a tensor of " + type + ", expected BYTES");
        }
        return present;
    }

    String elementText(int position) {
        if (texts != null) {
            return texts[position];
        }
        return type.isFloatingPoint() ? Double.toString(doubleAt(position)) : Long.toString(longAt(position));
    }

    private int position(long[] index) {
        if (index.length == sizes.length) {
            long position = 0;
            for (int i = 0; i < index.length; i++) {
                position = position * sizes[i] + Objects.checkIndex(index[i], sizes[i]);
            }
            return (int) position;
        }
        if (index.length == 1) {
            return (int) Objects.checkIndex(index[0], (long) elementCount);
        }
        throw new IndexOutOfBoundsException(
                "Cannot use " + index.length + " indices in " + this + ", expected 1 or " + sizes.length);
    }

    /** Equal type, dimensions and elements; floating-point elements are compared bit by bit. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tensor tensor
                && type == tensor.type
                && Arrays.equals(sizes, tensor.sizes)
                && Arrays.equals(texts, tensor.texts)
                && data.mismatch(tensor.data) < 0;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * type.hashCode() + Arrays.hashCode(sizes))
                + (texts != null ? Arrays.hashCode(texts) : data.hashCode());
    }

    /** Type and dimensions, such as {@code FP32[2,64]}; never the elements. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(type.name()).append('[');
        for (int i = 0; i < sizes.length; i++) {
            out.append(i == 0 ? "" : ",").append(sizes[i]);
        }
        return out.append(']').toString();
    }
}
