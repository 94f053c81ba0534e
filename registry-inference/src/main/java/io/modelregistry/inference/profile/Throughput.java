package io.modelregistry.inference.profile;

/**
 * How many rows were computed in a second.
 *
 * @param batch the rows of each call
 * @param callerThreads the threads that called at the same time
 * @param intraOpThreads the threads that share the work of one operator
 * @param rowsPerSecond the mean
 */
public record Throughput(int batch, int callerThreads, int intraOpThreads, double rowsPerSecond) {}
