package io.modelregistry.inference.runtime;

/**
 * The gradient of the usual to the present time of a request moves the limit.
 *
 * <pre>
 * gradient = clamp(tolerance * usual / present, 0.5, 1)
 * wanted   = limit * gradient + sqrt(limit)
 * limit    = limit * (1 - smoothing) + wanted * smoothing
 * </pre>
 *
 * <p>As published, the usual time is an exponential average of all windows. Under callers that always want more than
 * there is, that average learns the queue which the limit itself lets form, the limit grows, the queue with it, and so
 * on up to the maximum. Two things prevent that here. A window in which the limit was reached may lower the usual time
 * but not raise it. And after {@link Gradient2Limit#longWindow()} such windows, the limit is the minimum for one short
 * window of 10 to 30 requests, in which there is no queue; its time becomes the usual time. That is also how a model
 * that has become slower for good gets its limit back.
 *
 * <p>The published rules that are kept: no growth while less than half of the limit is used, and a usual time that is
 * more than twice the present one falls by a twentieth per window, so that a slow start is forgotten.
 *
 * <p>A window with a dropped request halves what is wanted and grants no queue, so that drops never raise a limit; its
 * time is not learnt, as it may be that of a timeout.
 */
final class Gradient2Algorithm implements LimitAlgorithm {
    private static final int WARM_UP = 10;

    private final Gradient2Limit settings;
    private double estimate;
    private double usualRtt;
    private int learnt;

    /** Windows at the limit less those below it, since the usual time was last measured without a queue. */
    private int pressed;

    private boolean probing;

    Gradient2Algorithm(Gradient2Limit settings) {
        this.settings = settings;
        estimate = settings.initial();
        // The first measurement comes early: what was learnt while a model and the JVM were cold is soon wrong.
        pressed = settings.longWindow() - Math.max(WARM_UP, settings.longWindow() / 10);
    }

    @Override
    public int limit() {
        return probing ? settings.minimum() : (int) estimate;
    }

    @Override
    public int update(long rttNanos, int inFlight, boolean dropped) {
        double rtt = Math.max(1, rttNanos);
        if (probing) {
            probing = false;
            pressed = 0;
            if (!dropped) {
                // The few requests of a probe vary, so two probes share in the result unless something has changed.
                boolean changed = rtt > 2 * usualRtt || 2 * rtt < usualRtt;
                usualRtt = changed ? rtt : (usualRtt + rtt) / 2;
                learnt = WARM_UP;
            }
            return limit();
        }
        boolean reached = inFlight >= (int) estimate;
        if (!dropped) {
            learn(rtt, reached);
        }
        if (dropped || inFlight >= estimate / 2) {
            move(rtt, dropped);
        }
        pressed = Math.max(0, pressed + (reached ? 1 : -1));
        probing = pressed >= settings.longWindow();
        return limit();
    }

    private void learn(double rtt, boolean reached) {
        if (learnt < WARM_UP) {
            learnt++;
            usualRtt += (rtt - usualRtt) / learnt;
        } else if (!reached || rtt < usualRtt) {
            usualRtt += (rtt - usualRtt) * 2 / (settings.longWindow() + 1);
        }
        if (usualRtt > 2 * rtt) {
            usualRtt *= 0.95;
        }
    }

    private void move(double rtt, boolean dropped) {
        double wanted = estimate / 2;
        if (!dropped) {
            double gradient = Math.max(0.5, Math.min(1, settings.tolerance() * usualRtt / rtt));
            wanted = estimate * gradient + Math.sqrt(estimate);
        }
        estimate = settings.range().clamp(estimate + (wanted - estimate) * settings.smoothing());
    }

    @Override
    public boolean isProbing() {
        return probing;
    }
}
