/**
 * Scoring of more rows than fit into memory: from an iterator or a file, in bounded memory and in the order of the
 * input, and a handle that a job ships to other JVMs.
 *
 * <p>Start at {@link io.modelregistry.inference.scoring.BatchScorer} for objects,
 * {@link io.modelregistry.inference.scoring.FileScoring} for files, and
 * {@link io.modelregistry.inference.scoring.SharedPredictor} for jobs that run in many JVMs.
 */
@NullMarked
package io.modelregistry.inference.scoring;

import org.jspecify.annotations.NullMarked;
