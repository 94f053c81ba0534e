package io.modelregistry.inference;

import java.util.List;

/**
 * A list of tensors or maps; scikit-learn's ZipMap makes one {@link TensorMap} per row.
 *
 * @param elements the elements in the model's order
 */
public record TensorSequence(List<TensorValue> elements) implements TensorValue {
    /** Copies the elements. */
    public TensorSequence {
        elements = List.copyOf(elements);
    }

    /** The number of elements. */
    public int size() {
        return elements.size();
    }

    @Override
    public String toString() {
        return elements.toString();
    }
}
