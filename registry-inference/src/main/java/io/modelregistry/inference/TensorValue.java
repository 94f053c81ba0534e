package io.modelregistry.inference;

/**
 * What a model takes or gives under one name: nearly always a {@link Tensor}; some outputs are maps or lists of them.
 */
public sealed interface TensorValue permits Tensor, TensorMap, TensorSequence {}
