package io.modelregistry.storage.s3;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.s3.BucketStores.BucketStore;
import io.modelregistry.storage.s3.server.HttpTrouble;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import io.modelregistry.storm.Disturbance;
import io.modelregistry.storm.StormStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How a request goes wrong; what is tried again in time has to go well in the end. */
enum HttpFault implements Disturbance {
    /** The connection breaks before the server sees the request. */
    RESET(HttpTrouble.RESET_BEFORE, 1),
    /** The connection breaks instead of the reply. */
    LOST_REPLY(HttpTrouble.LOSE_REPLY, 1),
    /** No reply ever comes. */
    NO_REPLY(HttpTrouble.HANG, 1),
    /** 500 before the effect. */
    ERROR(HttpTrouble.ERROR_500, 1),
    /** 500 after the effect. */
    ERROR_AFTER(HttpTrouble.ERROR_500_AFTER, 1),
    /** 503 with Retry-After. */
    SLOW_DOWN(HttpTrouble.SLOW_DOWN, 1),
    /** 409 without effect. */
    CONFLICT(HttpTrouble.CONFLICT_409, 1),
    /** The reply ends in the middle. */
    TRUNCATED(HttpTrouble.TRUNCATE, 1),
    /** The server carries it out twice. */
    REPEATED(HttpTrouble.REPEAT, 1),
    /** It takes its time. */
    SLOW(HttpTrouble.SLOW, 1),
    /** Everything is answered 500 after the effect for a while. */
    ERRORS_AFTER(HttpTrouble.ERROR_500_AFTER, 3),
    /** No request gets through from one on. */
    GONE(HttpTrouble.RESET_BEFORE, Integer.MAX_VALUE);

    private final HttpTrouble trouble;
    private final int times;

    HttpFault(HttpTrouble trouble, int times) {
        this.trouble = trouble;
        this.times = times;
    }

    @Override
    public Strike begin(int call, long seed) throws IOException {
        return new HttpStrike(this, call);
    }

    /** Disturbs requests of nodes with a front of their own. */
    private static final class HttpStrike implements Strike {
        private final HttpFault fault;
        private final int failing;
        private final S3Front front = S3Servers.frontOfS3proxy();
        private final List<StorageNode> nodes = new ArrayList<>();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger open = new AtomicInteger();
        private volatile boolean struck;

        HttpStrike(HttpFault fault, int failing) throws IOException {
            this.fault = fault;
            this.failing = failing;
        }

        private HttpTrouble trouble(S3Front.Request request) {
            int call = calls.incrementAndGet();
            boolean isHit = failing > 0 && call >= failing && call - failing < fault.times;
            if (isHit && fault == CONFLICT && !request.isConditional()) {
                return HttpTrouble.NONE;
            }
            struck |= isHit;
            return isHit ? fault.trouble : HttpTrouble.NONE;
        }

        @Override
        public StorageNode open(StormStore store) throws IOException {
            front.disturb(request -> HttpTrouble.NONE);
            StorageNode node = S3Servers.node(front.endpoint(), ((BucketStore) store).prefix())
                    .requestTimeout(Duration.ofMillis(fault == NO_REPLY ? 1_000 : 10_000))
                    .build();
            nodes.add(node);
            node.delete(StorageKey.of("probed")); // The probe of the store is no part of what is disturbed.
            front.disturb(this::trouble);
            return new Counting(node);
        }

        @Override
        public int calls() {
            return calls.get();
        }

        @Override
        public boolean hasStruck() {
            return struck;
        }

        @Override
        public int openStreams() {
            return open.get();
        }

        @Override
        public void close() throws IOException {
            nodes.forEach(StorageNode::close);
            front.close();
        }

        /** Counts open streams. */
        private final class Counting extends ForwardingNode {
            Counting(StorageNode node) {
                super(node);
            }

            @Override
            public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                    throws IOException {
                Optional<OpenObject> opened = super.open(key, range, unlessEtag);
                return opened.map(object -> {
                    open.incrementAndGet();
                    return new OpenObject(object.object(), new Counted(object.stream()));
                });
            }
        }

        private final class Counted extends FilterInputStream {
            private boolean closed;

            Counted(InputStream stream) {
                super(stream);
            }

            @Override
            public void close() throws IOException {
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                }
                super.close();
            }
        }
    }
}
