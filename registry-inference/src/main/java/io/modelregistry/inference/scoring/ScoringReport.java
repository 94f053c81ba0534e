package io.modelregistry.inference.scoring;

/**
 * What became of a file that was scored to its end.
 *
 * @param rows the rows of the input, one line of output for each
 * @param failedRows those of them that have an error
 * @param resumedRows those that earlier runs had done
 * @param outputBytes the length of the output
 */
public record ScoringReport(long rows, long failedRows, long resumedRows, long outputBytes) {}
