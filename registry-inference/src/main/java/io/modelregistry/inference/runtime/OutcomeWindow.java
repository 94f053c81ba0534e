package io.modelregistry.inference.runtime;

/** The outcomes of the latest requests, as a number of requests and a number of failures; thread-safe, no garbage. */
sealed interface OutcomeWindow permits CountedOutcomes, TimedOutcomes {
    void add(boolean failed);

    /** Requests in the window above, failures below 32 bits: one number, so that both are of one moment. */
    long totals();

    static long totals(long calls, long failures) {
        return calls << 32 | failures;
    }

    static int calls(long totals) {
        return (int) (totals >>> 32);
    }

    static int failures(long totals) {
        return (int) totals;
    }
}
