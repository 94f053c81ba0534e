package io.modelregistry.storage.s3;

import java.time.Duration;
import java.util.Optional;

/**
 * What a host decides about a node.
 *
 * @param checksums when requests carry checksums
 * @param encryption how the store encrypts
 * @param partBytes the size of the pieces of large transfers
 * @param threads how many pieces one transfer moves at a time
 * @param limits how long requests may take
 * @param listener hears of large transfers
 */
record Settings(
        ChecksumMode checksums,
        Optional<ServerSideEncryption> encryption,
        int partBytes,
        int threads,
        TimeLimits limits,
        TransferListener listener) {
    /** How long a request may take with all its tries. */
    Duration callTimeout() {
        return limits.ofACall();
    }

    boolean sendsChecksums() {
        return checksums == ChecksumMode.WHEN_SUPPORTED;
    }
}
