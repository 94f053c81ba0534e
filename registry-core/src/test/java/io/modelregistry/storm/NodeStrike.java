package io.modelregistry.storm;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Lets one call of a node go wrong, or some; counts calls and open streams. */
final class NodeStrike implements Disturbance.Strike {
    private static final int LONGEST_BURST = 6;
    private static final Duration SLOWNESS = Duration.ofMillis(4);

    private final NodeFault fault;
    private final int failing;
    private final List<NodeFault> burst = new ArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger openStreams = new AtomicInteger();
    private final List<StorageNode> opened = new ArrayList<>();
    private volatile boolean struck;

    NodeStrike(NodeFault fault, int failing, long seed) {
        this.fault = fault;
        this.failing = failing;
        Random random = new Random(seed);
        List<NodeFault> simple = NodeFault.simple();
        int length = switch (fault) {
            case BURST -> 2 + random.nextInt(LONGEST_BURST - 1);
            case OWN_CONFLICT_THEN_FAULT, SPURIOUS_CONFLICT_THEN_FAULT -> 2;
            default -> 0;
        };
        for (int i = 0; i < length; i++) {
            burst.add(simple.get(random.nextInt(simple.size())));
        }
        if (fault == NodeFault.OWN_CONFLICT_THEN_FAULT) {
            burst.set(0, NodeFault.OWN_CONFLICT);
        } else if (fault == NodeFault.SPURIOUS_CONFLICT_THEN_FAULT) {
            burst.set(0, NodeFault.SPURIOUS_CONFLICT);
        }
    }

    @Override
    public StorageNode open(StormStore store) throws IOException {
        StorageNode node = store.open();
        opened.add(node);
        return new Disturbed(node);
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
        return openStreams.get();
    }

    @Override
    public void close() {
        opened.forEach(StorageNode::close);
    }

    /** What goes wrong with the call that is made now, if anything does. */
    private @Nullable NodeFault next() throws IOException {
        int call = calls.incrementAndGet();
        if (failing == 0 || call < failing) {
            return null;
        }
        if (fault == NodeFault.GONE_AFTER || fault == NodeFault.GONE_BEFORE) {
            if (call > failing && struck) {
                throw new IOException("The store does not answer");
            }
            return call == failing ? fault : null;
        }
        if (burst.isEmpty()) {
            return call == failing ? fault : null;
        }
        boolean over = call - failing >= burst.size() || (call > failing && !struck);
        return over ? null : burst.get(call - failing);
    }

    private void slow() {
        struck = true;
        LockSupport.parkNanos(SLOWNESS.toNanos());
    }

    private IOException failed(String what, Object key) {
        struck = true;
        return new IOException(what + " at '" + key + "'");
    }

    /** A write that ends in a way that its caller cannot tell. */
    private interface Change {
        StoredObject make() throws IOException;
    }

    private final class Disturbed extends ForwardingNode {
        Disturbed(StorageNode node) {
            super(node);
        }

        private void read(Object key) throws IOException {
            NodeFault now = next();
            if (now == NodeFault.REFUSED || now == NodeFault.GONE_AFTER || now == NodeFault.GONE_BEFORE) {
                throw failed("Input/output error", key);
            } else if (now == NodeFault.READ_TIMEOUT) {
                struck = true;
                throw new SocketTimeoutException("Read timed out at '" + key + "'");
            } else if (now == NodeFault.SLOW) {
                slow();
            }
        }

        @Override
        public Optional<StoredObject> find(StorageKey key) throws IOException {
            read(key);
            return super.find(key);
        }

        @Override
        public void ensureDurable(StorageKey key) throws IOException {
            read(key);
            super.ensureDurable(key);
        }

        @Override
        public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                throws IOException {
            read(prefix);
            return super.list(prefix, startAfter, limit);
        }

        @Override
        public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
            read(prefix);
            return super.listFolders(prefix, startAfter, limit);
        }

        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            NodeFault now = next();
            if (now == NodeFault.REFUSED || now == NodeFault.GONE_AFTER || now == NodeFault.GONE_BEFORE) {
                throw failed("Input/output error", key);
            } else if (now == NodeFault.READ_TIMEOUT) {
                struck = true;
                throw new SocketTimeoutException("Read timed out at '" + key + "'");
            } else if (now == NodeFault.SLOW) {
                slow();
            }
            Optional<OpenObject> object = super.open(key, range, unlessEtag);
            if (object.isEmpty()) {
                return object;
            }
            openStreams.incrementAndGet();
            InputStream stream = new Counted(object.get().stream());
            if (now == NodeFault.BODY_RESET || now == NodeFault.BODY_CUT) {
                struck = true;
                stream = new Broken(stream, object.get().object().size() / 2, now == NodeFault.BODY_RESET);
            }
            return Optional.of(new OpenObject(object.get().object(), stream));
        }

        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            NodeFault now = next();
            if (now == NodeFault.SHORT_WRITE) {
                try (InputStream stream = content.open()) {
                    stream.skipNBytes(content.size() / 2);
                }
                throw failed("No space left on device", key);
            }
            boolean conditional = !(condition instanceof WriteCondition.Unconditional);
            if (conditional && (now == NodeFault.OWN_CONFLICT || now == NodeFault.SPURIOUS_CONFLICT)) {
                struck = true;
                if (now == NodeFault.OWN_CONFLICT) {
                    super.write(key, content, condition);
                }
                throw new WriteConflictException(key, "Cannot write '" + key + "': 412, expected to be first", null);
            }
            return change(now, key, () -> super.write(key, content, condition));
        }

        @Override
        public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
            return change(next(), to, () -> super.copy(from, to));
        }

        private StoredObject change(@Nullable NodeFault now, StorageKey key, Change change) throws IOException {
            if (now == NodeFault.REFUSED || now == NodeFault.DISK_FULL) {
                throw failed(now == NodeFault.REFUSED ? "Input/output error" : "No space left on device", key);
            }
            boolean lostAfter = now == NodeFault.REPLY_LOST || now == NodeFault.GONE_AFTER;
            boolean lostBefore = now == NodeFault.REQUEST_LOST || now == NodeFault.GONE_BEFORE;
            if (!lostAfter && !lostBefore) {
                if (now == NodeFault.SLOW) {
                    slow();
                }
                return change.make();
            }
            struck = true;
            if (lostAfter) {
                change.make();
            }
            throw new WriteOutcomeUnknownException(
                    key, "No reply to the write of '" + key + "'", new SocketTimeoutException("Read timed out"));
        }

        @Override
        public void delete(StorageKey key) throws IOException {
            NodeFault now = next();
            if (now == NodeFault.REPLY_LOST || now == NodeFault.GONE_AFTER) {
                super.delete(key);
                throw failed("No reply to the delete", key);
            }
            if (now == NodeFault.REFUSED || now == NodeFault.REQUEST_LOST || now == NodeFault.GONE_BEFORE) {
                throw failed("No reply to the delete", key);
            }
            super.delete(key);
        }
    }

    /** Tells when it is closed. */
    private final class Counted extends FilterInputStream {
        private boolean closed;

        Counted(InputStream stream) {
            super(stream);
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                openStreams.decrementAndGet();
            }
            super.close();
        }
    }

    /** Ends before its time. */
    private static final class Broken extends FilterInputStream {
        private final boolean fails;
        private long left;

        Broken(InputStream stream, long left, boolean fails) {
            super(stream);
            this.left = left;
            this.fails = fails;
        }

        private int end() throws IOException {
            if (fails) {
                throw new IOException("Connection reset");
            }
            return -1;
        }

        @Override
        public int read() throws IOException {
            if (left <= 0) {
                return end();
            }
            left--;
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left <= 0) {
                return end();
            }
            int read = super.read(bytes, offset, (int) Math.min(left, length));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            long skipped = super.skip(Math.min(left, count));
            left -= skipped;
            return skipped;
        }
    }
}
