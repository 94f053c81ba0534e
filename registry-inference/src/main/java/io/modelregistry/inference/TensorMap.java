package io.modelregistry.inference;

import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Values by key, such as class probabilities by class label; the value at a position belongs to the key at that
 * position.
 *
 * @param keys one dimension of {@link DataType#INT64} or {@link DataType#BYTES}, each key once
 * @param values as many values, also in one dimension
 */
public record TensorMap(Tensor keys, Tensor values) implements TensorValue {
    /**
     * Checks that keys and values belong together.
     *
     * @throws InvalidValueException if they are not two tensors of one dimension and of the same size, or the keys have
     *     another type
     */
    public TensorMap {
        if (keys.rank() != 1 || values.rank() != 1 || keys.size(0) != values.size(0)) {
            throw new InvalidValueException(
                    "map",
                    keys + " to " + values,
                    "keys and values do not pair up",
                    "one dimension of the same size each");
        }
        if (keys.type() != DataType.INT64 && keys.type() != DataType.BYTES) {
            throw new InvalidValueException("map", keys.toString(), "it has keys of this type", "INT64 or BYTES");
        }
    }

    /** The number of entries. */
    public int size() {
        return keys.elementCount();
    }

    /** The position of an integer key; empty if it is absent or the keys are texts. */
    public OptionalInt find(long key) {
        for (int i = 0; keys.type() == DataType.INT64 && i < size(); i++) {
            if (keys.longAt(i) == key) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** The position of a text key; empty if it is absent or the keys are integers. */
    public OptionalInt find(String key) {
        for (int i = 0; keys.type() == DataType.BYTES && i < size(); i++) {
            if (keys.stringAt(i).equals(key)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** The numbers by their keys ({@link Long} or {@link String}), in the map's order; not for text values. */
    public Map<Object, Double> toMap() {
        Map<Object, Double> map = new LinkedHashMap<>();
        for (int i = 0; i < size(); i++) {
            map.put(keys.type() == DataType.BYTES ? keys.stringAt(i) : (Object) keys.longAt(i), values.doubleAt(i));
        }
        return Collections.unmodifiableMap(map);
    }

    /** Pairs such as {@code {0=0.25, 1=0.75}}. */
    @Override
    public String toString() {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            entries.add(keys.elementText(i) + "=" + values.elementText(i));
        }
        return "{" + String.join(", ", entries) + "}";
    }
}
