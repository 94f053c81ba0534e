package io.modelregistry.storage.s3;

import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * How long requests may take.
 *
 * @param ofATry how long one try of a request may take; of a client of the host's, as far as it is known
 * @param isOurs whether the node decides it, not a client of the host's
 */
record TimeLimits(Duration ofATry, boolean isOurs) {
    private static final int TRIES = 3;
    private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    /** Limits that the node decides. */
    static TimeLimits ours(Duration ofATry) {
        return new TimeLimits(ofATry, true);
    }

    /** Limits that the host's client has, which nothing may change. */
    static TimeLimits ofTheClient(Duration ofATry) {
        return new TimeLimits(ofATry, false);
    }

    /** How long a request may take with all its tries. */
    Duration ofACall() {
        return ofATry.multipliedBy(TRIES);
    }

    /** How long a request may take that sends bytes: longer for many, so that a slow line can send them. */
    Consumer<AwsRequestOverrideConfiguration.Builder> timeFor(long bytes) {
        if (!isOurs) {
            return request -> {};
        }
        Duration more = Duration.ofSeconds(bytes / SLOWEST_BYTES_PER_SECOND);
        return request -> request.apiCallAttemptTimeout(ofATry.plus(more))
                .apiCallTimeout(ofACall().plus(more.multipliedBy(TRIES)));
    }
}
