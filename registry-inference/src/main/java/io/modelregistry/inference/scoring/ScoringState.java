package io.modelregistry.inference.scoring;

/**
 * Up to where a run is done. The rows always fill whole batches, unless the run is at its end: what is computed after
 * resuming is cut into the same batches, and so gives the same bits.
 *
 * @param rows the rows done
 * @param failedRows those of them that have an error
 * @param inputBytes where the next row begins
 * @param inputLines the lines before it
 * @param outputBytes the length of the output for these rows
 * @param isComplete whether there are no more rows
 */
record ScoringState(
        long rows, long failedRows, long inputBytes, long inputLines, long outputBytes, boolean isComplete) {
    /** Before the first row. */
    static ScoringState start() {
        return new ScoringState(0, 0, 0, 0, 0, false);
    }

    ScoringState after(InputRow row, boolean isFailed) {
        return new ScoringState(
                rows + 1, failedRows + (isFailed ? 1 : 0), row.end(), row.lastLine(), outputBytes, isComplete);
    }

    ScoringState withOutput(long bytes) {
        return new ScoringState(rows, failedRows, inputBytes, inputLines, bytes, isComplete);
    }

    ScoringState completed(long inputSize) {
        return new ScoringState(rows, failedRows, inputSize, inputLines, outputBytes, true);
    }
}
