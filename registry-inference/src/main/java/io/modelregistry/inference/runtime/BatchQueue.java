package io.modelregistry.inference.runtime;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What waits, first come first served within each {@link Priority}. Any thread adds and withdraws without a lock; one
 * at a time takes.
 */
final class BatchQueue {
    /** How much sooner than needed a wait for more ends for a deadline, as threads wake up late. */
    private static final long MARGIN = 5_000_000;

    private final BatchingOptions options;
    private final int[] preferred;
    private final int maxRows;
    private final long maxDelay;
    private final BatchTime time;
    private final Map<Priority, ConcurrentLinkedQueue<Request>> lanes = new EnumMap<>(Priority.class);
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger rows = new AtomicInteger();
    private final Object room = new Object();
    private final AtomicInteger waitingForRoom = new AtomicInteger();

    /** How many came whose deadlines end before the delay does. */
    private final AtomicInteger hurried = new AtomicInteger();

    /** Those of them that the last look may have seen. */
    private volatile int hurriedSeen;

    /** From how many rows on a look is worth it; more than 1 only while more are waited for. */
    private volatile int wantedRows = 1;

    BatchQueue(BatchingOptions options, BatchTime time) {
        this.options = options;
        this.maxRows = options.maxRows();
        this.maxDelay = options.maxDelay().toNanos();
        this.preferred = options.padding() == BatchingOptions.Padding.NONE ? options.preferredRows() : new int[0];
        this.time = time;
        for (Priority priority : Priority.values()) {
            lanes.put(priority, new ConcurrentLinkedQueue<>());
        }
    }

    /** What one look at the queue gave. */
    static final class Taken {
        /** Claimed, to be computed in one call. */
        final List<Request> members = new ArrayList<>();
        /** Claimed, to be refused because their deadlines have passed. */
        final List<Request> expired = new ArrayList<>();
        /** How long to wait before the next look; {@link Long#MAX_VALUE} for as long as nothing is added. */
        long waitNanos = Long.MAX_VALUE;

        boolean isEmpty() {
            return members.isEmpty() && expired.isEmpty();
        }
    }

    int requests() {
        return requests.get();
    }

    int rows() {
        return rows.get();
    }

    /** Adds a request; false if there is no room. */
    boolean offer(Request request) {
        int before;
        do {
            before = requests.get();
            if (before >= options.queueCapacity()) {
                return false;
            }
        } while (!requests.compareAndSet(before, before + 1));
        rows.addAndGet(request.weight());
        lane(request).add(request);
        if (maxDelay > 0 && latestStart(request) < maxDelay) {
            hurried.incrementAndGet();
        }
        return true;
    }

    private long latestStart(Request request) {
        RequestContext context = request.context;
        return context.hasDeadline()
                ? context.remainingNanos() - time.nanosFor(request.weight()) - MARGIN
                : Long.MAX_VALUE;
    }

    /**
     * Whether a look may find a batch to take. What makes it true is written before, so that whoever asks after it has
     * told others that it goes to sleep misses nothing.
     *
     * @param urgent as for {@link #take}
     */
    boolean isWorthALook(boolean urgent) {
        return rows.get() >= wantedRows || (wantedRows > 1 && (urgent || hurried.get() != hurriedSeen));
    }

    /** Ends a wait for more rows: the next look, by whomever, is worth it if anything is there. */
    void wantAny() {
        wantedRows = 1;
    }

    /**
     * Waits until there may be room.
     *
     * @param nanos at most
     */
    void awaitRoom(long nanos) throws InterruptedException {
        long begun = System.nanoTime();
        waitingForRoom.incrementAndGet();
        try {
            synchronized (room) {
                long left = nanos;
                while (left > 0 && requests.get() >= options.queueCapacity()) {
                    room.wait(Math.max(1, left / 1_000_000));
                    left = nanos - (System.nanoTime() - begun);
                }
            }
        } finally {
            waitingForRoom.decrementAndGet();
        }
    }

    /** Takes a request out that nobody has claimed; false if somebody has. The caller has to answer it. */
    boolean withdraw(Request request) {
        if (!request.claim()) {
            return false;
        }
        lane(request).remove(request);
        left(request);
        // What is waited for may have counted on it.
        wantAny();
        return true;
    }

    private ConcurrentLinkedQueue<Request> lane(Request request) {
        return Objects.requireNonNull(lanes.get(request.context.priority()));
    }

    private void left(Request request) {
        rows.addAndGet(-request.weight());
        requests.decrementAndGet();
        if (waitingForRoom.get() > 0) {
            synchronized (room) {
                room.notifyAll();
            }
        }
    }

    /** All that is left, claimed. */
    List<Request> takeAll() {
        List<Request> all = new ArrayList<>();
        for (ConcurrentLinkedQueue<Request> lane : lanes.values()) {
            for (Request request = lane.poll(); request != null; request = lane.poll()) {
                if (request.claim()) {
                    left(request);
                    all.add(request);
                }
            }
        }
        return all;
    }

    /**
     * Claims the requests of the next batch, if it is time for one.
     *
     * @param urgent takes what is there without waiting for more
     */
    synchronized Taken take(boolean urgent) {
        int hurriedBefore = hurried.get();
        wantAny();
        long now = System.nanoTime();
        Taken taken = new Taken();
        Candidates candidates = new Candidates(now);
        for (ConcurrentLinkedQueue<Request> lane : lanes.values()) {
            look(lane, candidates, taken);
        }
        if (candidates.chosen.isEmpty()) {
            return taken;
        }
        int wanted = preferred.length > 0 ? preferred[0] : maxRows;
        long wait = candidates.nanosLeftToWait();
        if (!urgent && !candidates.full && candidates.rows < wanted && wait > 0) {
            taken.waitNanos = wait;
            hurriedSeen = hurriedBefore;
            // Of those that this look has seen: what came meanwhile is worth another one.
            wantedRows = (int) Math.min(Integer.MAX_VALUE, candidates.seen + wanted - candidates.rows);
            return taken;
        }
        int limit = preferredUpTo(candidates.rows);
        int sum = 0;
        for (Request request : candidates.chosen) {
            if (!taken.members.isEmpty() && sum + request.weight() > limit) {
                break;
            }
            if (withdraw(request)) {
                taken.members.add(request);
                sum += request.weight();
            }
        }
        return taken;
    }

    private int preferredUpTo(int available) {
        int best = available;
        for (int size : preferred) {
            if (size <= available) {
                best = size;
            }
        }
        return best;
    }

    private void look(ConcurrentLinkedQueue<Request> lane, Candidates candidates, Taken taken) {
        for (Iterator<Request> all = lane.iterator(); all.hasNext() && !candidates.full; ) {
            Request request = all.next();
            if (!request.isQueued()) {
                continue;
            }
            boolean cancelled = request.isCancelled();
            if (cancelled || request.context.remainingNanos(candidates.now) <= 0) {
                if (request.claim()) {
                    all.remove();
                    left(request);
                    if (cancelled) {
                        request.abandon();
                    } else {
                        taken.expired.add(request);
                    }
                }
            } else {
                candidates.add(request);
            }
        }
    }

    /** The requests that one call could compute. */
    private final class Candidates {
        private final List<Request> chosen = new ArrayList<>();
        private final long now;
        private int rows;
        private long seen;
        private boolean full;
        private long othersStart = Long.MAX_VALUE;
        private long oldest = Long.MAX_VALUE;
        private long nearestDeadline = Long.MAX_VALUE;

        Candidates(long now) {
            this.now = now;
        }

        void add(Request request) {
            seen += request.weight();
            if (chosen.isEmpty()) {
                accept(request, deadlineThatCounts(request));
                full = request.rows == 0 || rows >= maxRows;
            } else if (chosen.get(0).fitsWith(request)) {
                long nearest = Math.min(nearestDeadline, deadlineThatCounts(request));
                int more = rows + request.weight();
                if (more > maxRows || (nearest != Long.MAX_VALUE && time.nanosFor(more) > nearest)) {
                    full = true;
                } else {
                    accept(request, nearest);
                    full = rows == maxRows;
                }
            } else {
                othersStart = Math.min(othersStart, latestStart(request));
            }
        }

        private void accept(Request request, long nearest) {
            chosen.add(request);
            rows += request.weight();
            nearestDeadline = nearest;
            // What came after this look began has not waited.
            oldest = Math.min(oldest, Math.min(0, request.arrived - now));
        }

        /** The time that is left, unless the request would be late even if it were computed alone. */
        private long deadlineThatCounts(Request request) {
            long left = request.context.remainingNanos(now);
            return left == Long.MAX_VALUE || time.nanosFor(request.weight()) > left ? Long.MAX_VALUE : left;
        }

        long nanosLeftToWait() {
            long delay = Math.min(maxDelay + oldest, othersStart);
            return nearestDeadline == Long.MAX_VALUE
                    ? delay
                    : Math.min(delay, nearestDeadline - time.nanosFor(Math.max(1, rows)) - MARGIN);
        }
    }
}
