package io.modelregistry.inference.runtime;

/** One more after a good window, a tenth less (or what the ratio says) after a bad one. */
final class AimdAlgorithm implements LimitAlgorithm {
    private final AimdLimit settings;
    private int limit;

    AimdAlgorithm(AimdLimit settings) {
        this.settings = settings;
        limit = settings.initial();
    }

    @Override
    public int limit() {
        return limit;
    }

    @Override
    public int update(long rttNanos, int inFlight, boolean dropped) {
        if (dropped || rttNanos > settings.timeoutNanos()) {
            limit = (int) settings.range().clamp(Math.floor(limit * settings.backoffRatio()));
        } else if (inFlight * 2L >= limit) {
            // What is not used was not tested, so it is no reason to allow more.
            limit = (int) settings.range().clamp(limit + 1d);
        }
        return limit;
    }

    @Override
    public boolean isProbing() {
        return false;
    }
}
