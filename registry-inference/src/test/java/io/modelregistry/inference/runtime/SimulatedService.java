package io.modelregistry.inference.runtime;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Random;

/** A model that computes so many requests at once, in virtual time, with callers that always want more. */
final class SimulatedService {
    private record Request(long start, long end) implements Comparable<Request> {
        @Override
        public int compareTo(Request other) {
            return Long.compare(end, other.end);
        }
    }

    private final Random random;
    private final LimitSamples samples;
    private final long[] freeAt;
    private final PriorityQueue<Request> running = new PriorityQueue<>();

    private int limit;
    private long now;
    private long completed;
    private int lowest;
    private int highest;

    int callers = Integer.MAX_VALUE;
    long serviceNanos;
    boolean varies;
    long dropAfterNanos = Long.MAX_VALUE;

    SimulatedService(LimitAlgorithm algorithm, long windowNanos, int capacity, long seed) {
        random = new Random(seed);
        freeAt = new long[capacity];
        limit = algorithm.limit();
        samples = new LimitSamples(algorithm, windowNanos, 0, this::changeTo);
    }

    private void changeTo(int changed) {
        limit = changed;
        lowest = Math.min(lowest, changed);
        highest = Math.max(highest, changed);
    }

    /** Requests per second. */
    double run(long seconds) {
        lowest = limit;
        highest = limit;
        long end = now + seconds * 1_000_000_000L;
        long before = completed;
        while (now < end) {
            while (running.size() < Math.min(limit, callers)) {
                running.add(begin());
            }
            Request done = running.remove();
            now = done.end;
            completed++;
            samples.add(done.start, now, running.size() + 1, now - done.start > dropAfterNanos);
        }
        return (completed - before) / (double) seconds;
    }

    private Request begin() {
        int server = 0;
        for (int i = 1; i < freeAt.length; i++) {
            server = freeAt[i] < freeAt[server] ? i : server;
        }
        double factor = varies ? -Math.log(1 - random.nextDouble()) : 1;
        freeAt[server] = Math.max(now, freeAt[server]) + Math.max(1, (long) (serviceNanos * factor));
        return new Request(now, freeAt[server]);
    }

    int limit() {
        return limit;
    }

    /** The least limit in the last run. */
    int lowest() {
        return lowest;
    }

    /** The greatest limit in the last run. */
    int highest() {
        return highest;
    }

    @Override
    public String toString() {
        return "limit %s (%s to %s), free at %s, now %s"
                .formatted(limit, lowest, highest, Arrays.toString(freeAt), now);
    }
}
