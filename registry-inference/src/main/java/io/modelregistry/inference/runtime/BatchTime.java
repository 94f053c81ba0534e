package io.modelregistry.inference.runtime;

/**
 * How long a batch takes: {@code a + b * rows}, fitted to the batches that were measured, the latest with the most
 * weight (least squares with weights that decay). Safe for use by any number of threads.
 */
final class BatchTime {
    private static final double KEPT = 0.98;

    private double weight;
    private double rows;
    private double rowsSquared;
    private double nanos;
    private double product;

    synchronized void measured(int batchRows, long batchNanos) {
        weight = weight * KEPT + 1;
        rows = rows * KEPT + batchRows;
        rowsSquared = rowsSquared * KEPT + (double) batchRows * batchRows;
        nanos = nanos * KEPT + batchNanos;
        product = product * KEPT + (double) batchRows * batchNanos;
    }

    /** The time for so many rows; 0 while nothing is known. */
    synchronized long nanosFor(int batchRows) {
        if (weight == 0) {
            return 0;
        }
        double meanRows = rows / weight;
        double meanNanos = nanos / weight;
        double variance = rowsSquared / weight - meanRows * meanRows;
        // Batches of one size tell nothing about the slope; then time is taken to grow with the rows.
        double slope = variance > 0.01 * meanRows
                ? (product / weight - meanRows * meanNanos) / variance
                : meanNanos / meanRows;
        slope = Math.min(Math.max(slope, 0), meanNanos / meanRows);
        return (long) (meanNanos + slope * (batchRows - meanRows));
    }
}
