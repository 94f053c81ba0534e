/**
 * Runs models: tensors, the {@link io.modelregistry.inference.Predictor}, and the SPI through which engines are added.
 *
 * <p>Start at {@link io.modelregistry.inference.Predictors}. No engine class appears here: engines live in sub-packages
 * and are found as {@link io.modelregistry.inference.PredictorProvider}s.
 */
@NullMarked
package io.modelregistry.inference;

import org.jspecify.annotations.NullMarked;
