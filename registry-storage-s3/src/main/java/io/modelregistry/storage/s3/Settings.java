package io.modelregistry.storage.s3;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * What a host decides about a node.
 *
 * @param checksums when requests carry checksums
 * @param encryption how the store encrypts
 * @param partBytes the size of the pieces of large transfers
 * @param threads how many pieces one transfer moves at a time
 * @param requestTimeout how long one try of a request may take
 * @param listener hears of large transfers
 */
record Settings(
        ChecksumMode checksums,
        Optional<ServerSideEncryption> encryption,
        int partBytes,
        int threads,
        Duration requestTimeout,
        TransferListener listener) {
    private static final int TRIES_TIMEOUT = 3;
    private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    /** How long a request may take with all its tries. */
    Duration callTimeout() {
        return requestTimeout.multipliedBy(TRIES_TIMEOUT);
    }

    /** How long a request may take that sends bytes: longer for many, so that a slow line can send them. */
    Consumer<AwsRequestOverrideConfiguration.Builder> timeFor(long bytes) {
        Duration more = Duration.ofSeconds(bytes / SLOWEST_BYTES_PER_SECOND);
        return request -> request.apiCallAttemptTimeout(requestTimeout.plus(more))
                .apiCallTimeout(callTimeout().plus(more.multipliedBy(TRIES_TIMEOUT)));
    }

    boolean sendsChecksums() {
        return checksums == ChecksumMode.WHEN_SUPPORTED;
    }
}
