package io.modelregistry.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the tensors of one output are put together; nearly always a plain {@link #TENSOR}. */
public enum ValueStructure {
    /** One tensor. */
    TENSOR(null),
    /** A list of tensors. */
    SEQUENCE(null),
    /** Values by integer key. */
    INTEGER_MAP(DataType.INT64),
    /** Values by text key. */
    STRING_MAP(DataType.BYTES),
    /** A list of maps from integers, usually one per row: what scikit-learn's ZipMap makes of integer class labels. */
    SEQUENCE_OF_INTEGER_MAPS(DataType.INT64),
    /** A list of maps from texts, usually one per row: what scikit-learn's ZipMap makes of text class labels. */
    SEQUENCE_OF_STRING_MAPS(DataType.BYTES);

    private final Optional<DataType> keyType;

    ValueStructure(@Nullable DataType keyType) {
        this.keyType = Optional.ofNullable(keyType);
    }

    /** The type of the keys; empty where there are none. */
    public Optional<DataType> keyType() {
        return keyType;
    }

    /** Whether this is a list. */
    public boolean isSequence() {
        return this == SEQUENCE || this == SEQUENCE_OF_INTEGER_MAPS || this == SEQUENCE_OF_STRING_MAPS;
    }
}
