package io.modelregistry.storage.s3;

import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener how a transfer gets on, and keeps what it throws from the transfer. Thread-safe. */
final class Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

    private final LongConsumer listener;
    private long bytes;
    private boolean hasFailed;

    Progress(LongConsumer listener) {
        this.listener = listener;
    }

    synchronized void add(long more) {
        bytes += more;
        try {
            listener.accept(bytes);
        } catch (RuntimeException e) {
            if (!hasFailed) { // A download tells it of each read.
                LOG.warn("A listener of transfers failed; further failures in this transfer are not logged", e);
            }
            hasFailed = true;
        }
    }
}
