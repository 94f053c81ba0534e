package io.modelregistry.internal.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that play the clients of one interleaving after the other, and the baton that says which of them may run:
 * only one does at a time, so everything that they share is seen by all and needs no lock. Used by one thread, the
 * driver, which holds the baton between interleavings.
 */
public final class Crew implements AutoCloseable {
    static final int DRIVER = -1;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final List<Member> members = new ArrayList<>();
    private final Thread driver = Thread.currentThread();
    private volatile int baton = DRIVER;
    private volatile boolean closed;

    private final class Member extends Thread {
        private final int index;
        private volatile @Nullable Runnable part;

        Member(int index) {
            super("client-" + index);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!closed) {
                Runnable play = part;
                if (play == null || baton != index) {
                    LockSupport.park(this);
                } else {
                    part = null;
                    play.run();
                }
            }
        }
    }

    /** Gives a client its part, which begins when the client first gets the baton. */
    void assign(int client, Runnable part) {
        while (members.size() <= client) {
            Member member = new Member(members.size());
            members.add(member);
            member.start();
        }
        members.get(client).part = part;
    }

    /** Hands the baton over; the caller must not touch anything shared until it has it again. */
    void pass(int to) {
        baton = to;
        LockSupport.unpark(to == DRIVER ? driver : members.get(to));
    }

    /** Waits for the baton. */
    void await(int me) {
        long begun = 0;
        while (baton != me) {
            LockSupport.parkNanos(this, STUCK_NANOS);
            if (me == DRIVER && baton != me) {
                long now = System.nanoTime();
                begun = begun == 0 ? now : begun;
                if (now - begun > STUCK_NANOS) {
                    throw new IllegalStateException("Client " + baton + " does not come to its next call of the store");
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        members.forEach(LockSupport::unpark);
    }
}
