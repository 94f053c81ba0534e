package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Tensors;

/**
 * What came of one request, and what it took.
 *
 * @param outputs the requested outputs
 * @param queueNanos how long the request waited before it was computed; 0 if it did not wait
 * @param modelNanos how long the model computed it, together with the others of its batch
 */
public record Served(Tensors outputs, long queueNanos, long modelNanos) {}
