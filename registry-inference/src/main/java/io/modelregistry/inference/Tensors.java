package io.modelregistry.inference;

import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tensors by name, in a fixed order: all inputs or all outputs of one prediction. Immutable, but for tensors that wrap
 * a buffer.
 */
public final class Tensors {
    private static final Tensors EMPTY = new Tensors(List.of(), new TensorValue[0]);

    private final List<String> names;
    private final TensorValue[] values;

    private Tensors(List<String> names, TensorValue[] values) {
        this.names = names;
        this.values = values;
    }

    /** No tensor at all. */
    public static Tensors empty() {
        return EMPTY;
    }

    /** One tensor (or map, or list) under a name. */
    public static Tensors of(String name, TensorValue value) {
        return new Tensors(List.of(name), new TensorValue[] {Objects.requireNonNull(value, "value")});
    }

    /**
     * One tensor, copied from a Java array as by {@link Tensor#of(Object)}.
     *
     * @throws InvalidValueException if it is no array of numbers, booleans or texts, or its rows differ in length
     */
    public static Tensors of(String name, Object array) {
        return of(name, Tensor.of(array));
    }

    /** The entries of a map in its order. */
    public static Tensors of(Map<String, ? extends TensorValue> values) {
        return new Tensors(
                List.copyOf(values.keySet()), List.copyOf(values.values()).toArray(TensorValue[]::new));
    }

    /**
     * Names with their values, position by position; made for engines, which have both at hand.
     *
     * @throws IllegalArgumentException if there are more of one than of the other
     */
    public static Tensors of(List<String> names, TensorValue... values) {
        if (names.size() != values.length) {
            throw new IllegalArgumentException(names.size() + " names for " + values.length + " values");
        }
        return new Tensors(List.copyOf(names), values.clone());
    }

    /**
     * Zeros, or empty texts, for every input of a model: what shows that it can be run at all. A dynamic dimension gets
     * the size 1.
     */
    public static Tensors zeros(TensorSignature signature) {
        Map<String, TensorValue> zeros = new LinkedHashMap<>();
        for (TensorSpec spec : signature.inputs()) {
            zeros.put(spec.name(), zeros(spec));
        }
        return of(zeros);
    }

    private static Tensor zeros(TensorSpec spec) {
        long[] sizes = spec.shape().sizes();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.max(sizes[i], sizes[i] < 0 ? 1 : 0);
        }
        int count = TensorSizes.elements(sizes);
        if (spec.type() == DataType.BYTES) {
            return sizes.length == 0 ? Tensor.of("") : Tensor.ofStrings(Collections.nCopies(count, ""), sizes);
        }
        return Tensor.heap(spec.type(), sizes, count);
    }

    /** These and one more; a value under a name that is already here is replaced. */
    public Tensors with(String name, TensorValue value) {
        Map<String, TensorValue> all = new LinkedHashMap<>();
        forEach(all::put);
        all.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return of(all);
    }

    /** These and one more, copied from a Java array as by {@link Tensor#of(Object)}. */
    public Tensors with(String name, Object array) {
        return with(name, Tensor.of(array));
    }

    /** The names in order. */
    public List<String> names() {
        return names;
    }

    /** The number of names. */
    public int size() {
        return names.size();
    }

    /** Whether there is something under this name. */
    public boolean contains(String name) {
        return lookUp(name) != null;
    }

    /**
     * The tensor of this name.
     *
     * @throws NoSuchElementException if there is nothing under this name, or what is there is a map or a list
     */
    public Tensor get(String name) {
        TensorValue value = value(name);
        if (value instanceof Tensor tensor) {
            return tensor;
        }
        throw new NoSuchElementException("Cannot get tensor '" + name + "': it is a "
                + value.getClass().getSimpleName() + ", expected value() or maps()");
    }

    /**
     * What is under this name, whatever its structure.
     *
     * @throws NoSuchElementException if there is nothing under this name
     */
    public TensorValue value(String name) {
        TensorValue value = lookUp(name);
        if (value == null) {
            throw new NoSuchElementException(
                    "Cannot get tensor '" + name + "': it is absent, expected one of " + names());
        }
        return value;
    }

    /** What is under this name, if anything. */
    public Optional<TensorValue> find(String name) {
        return Optional.ofNullable(lookUp(name));
    }

    /**
     * The maps of an output that is one map or a list of maps, usually one per row.
     *
     * @throws NoSuchElementException if there is nothing under this name, or something else than maps
     */
    public List<TensorMap> maps(String name) {
        TensorValue value = value(name);
        if (value instanceof TensorMap map) {
            return List.of(map);
        }
        if (value instanceof TensorSequence sequence
                && sequence.elements().stream().allMatch(TensorMap.class::isInstance)) {
            return sequence.elements().stream().map(TensorMap.class::cast).toList();
        }
        throw new NoSuchElementException(
                "Cannot get maps '" + name + "': it is something else, expected value() or get()");
    }

    /** Calls the action with each name and its value, in order. */
    public void forEach(BiConsumer<String, TensorValue> action) {
        for (int i = 0; i < names.size(); i++) {
            action.accept(names.get(i), values[i]);
        }
    }

    /** What is under this name, or null; the hot path of the checks. */
    @Nullable
    TensorValue lookUp(String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equals(name)) {
                return values[i];
            }
        }
        return null;
    }

    /** Equal names with equal values in the same order. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tensors tensors && names.equals(tensors.names) && Arrays.equals(values, tensors.values);
    }

    @Override
    public int hashCode() {
        return 31 * names.hashCode() + Arrays.hashCode(values);
    }

    /** Names with types and shapes, such as {@code {input=FP32[2,64]}}; never the elements of a tensor. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("{");
        for (int i = 0; i < names.size(); i++) {
            out.append(i == 0 ? "" : ", ").append(names.get(i)).append('=').append(values[i]);
        }
        return out.append('}').toString();
    }
}
