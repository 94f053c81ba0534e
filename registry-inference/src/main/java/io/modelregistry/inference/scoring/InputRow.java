package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensors;

/**
 * A row of a file.
 *
 * @param line the number of its first line
 * @param end the position in the file behind it
 * @param lastLine the number of its last line
 * @param inputs what it holds, or why it cannot be read
 * @param isSingle whether its inputs were written without the dimension of the batch, so that its outputs are, too
 */
record InputRow(long line, long end, long lastLine, Outcome<Tensors> inputs, boolean isSingle) {}
