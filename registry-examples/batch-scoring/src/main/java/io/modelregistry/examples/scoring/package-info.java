/** The same rows scored by a plain loop, by a Spark job whose tasks share a predictor, and as a file. */
@NullMarked
package io.modelregistry.examples.scoring;

import org.jspecify.annotations.NullMarked;
