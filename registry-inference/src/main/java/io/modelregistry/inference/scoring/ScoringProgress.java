package io.modelregistry.inference.scoring;

/**
 * How far a run over a file has come.
 *
 * @param rows the rows done, of this run and of those that it resumes
 * @param failedRows those of them that have an error
 * @param bytesRead the bytes of the input that these rows take
 * @param bytesTotal the bytes of the input
 * @param rowsPerSecond the mean since this run began; 0 before the first batch
 */
public record ScoringProgress(long rows, long failedRows, long bytesRead, long bytesTotal, double rowsPerSecond) {}
