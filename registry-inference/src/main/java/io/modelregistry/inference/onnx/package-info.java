/**
 * ONNX models on ONNX Runtime; the only package that touches its classes.
 *
 * <p>The engine is optional: without {@code com.microsoft.onnxruntime:onnxruntime} on the class path the provider
 * reports itself as unavailable. Texts cross into the engine in the JVM's modified UTF-8, so operators see characters
 * outside the basic multilingual plane as two surrogates.
 */
@NullMarked
package io.modelregistry.inference.onnx;

import org.jspecify.annotations.NullMarked;
