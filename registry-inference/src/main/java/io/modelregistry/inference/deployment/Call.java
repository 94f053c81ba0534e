package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.runtime.RequestContext;
import java.util.List;

/**
 * What a caller asks for.
 *
 * @param inputs the inputs
 * @param outputs the outputs that are wanted; empty for all
 * @param context what the caller says besides
 */
record Call(Tensors inputs, List<String> outputs, RequestContext context) {}
