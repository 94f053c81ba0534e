package io.modelregistry.storm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether calls that overlap can be put into an order in which each takes effect at one moment between its
 * beginning and its end, and which gives the answers that were given (Herlihy and Wing, "Linearizability: a correctness
 * condition for concurrent objects", TOPLAS 1990).
 *
 * <p>The search is that of Wing and Gong ("Testing and verifying concurrent objects", JPDC 1993): try every call that
 * may come first, and go on with the others. A pair of state and set of calls done is not visited twice, which is the
 * improvement of Lowe ("Testing for linearizability", Concurrency and Computation 2017). Each object is checked by
 * itself, as linearizability is local; and a call without an answer may take effect at any time after it began or
 * never, which comes to the same as taking effect behind all others.
 */
final class LinearizabilityChecker<S, A> {
    private final SequentialObject<S, A> object;

    LinearizabilityChecker(SequentialObject<S, A> object) {
        this.object = object;
    }

    /** Empty if the calls of one object can be ordered; else what stands in the way. */
    Optional<String> check(List<RecordedCall<A>> calls) {
        Entry head = entries(calls);
        Deque<Done<S>> done = new ArrayDeque<>();
        Set<Visited<S>> visited = new HashSet<>();
        BitSet taken = new BitSet(calls.size());
        S state = object.initial();
        int most = 0;
        @Nullable String stuck = null;
        @Nullable Entry entry = head.next;
        while (head.next != null) {
            if (entry != null && entry.end != null) {
                Optional<S> after = object.after(state, calls.get(entry.call).act());
                if (after.isPresent() && visited.add(Visited.of(taken, entry.call, after.get()))) {
                    done.push(new Done<>(entry, state));
                    taken.set(entry.call);
                    state = after.get();
                    entry.takeOut();
                    entry = head.next;
                } else {
                    entry = entry.next;
                }
            } else {
                if (taken.cardinality() >= most && entry != null) {
                    most = taken.cardinality();
                    stuck = calls.get(entry.call) + " does not fit behind " + most + " calls in state " + state;
                }
                if (done.isEmpty()) {
                    return Optional.of(stuck + "\n" + text(calls));
                }
                Done<S> last = done.pop();
                taken.clear(last.entry.call);
                state = last.before;
                last.entry.putBack();
                entry = last.entry.next;
            }
        }
        return Optional.empty();
    }

    private static <A> String text(List<RecordedCall<A>> calls) {
        List<String> lines = new ArrayList<>();
        calls.stream()
                .sorted(Comparator.comparingLong(RecordedCall::invoked))
                .forEach(call -> lines.add(call.toString()));
        return String.join("\n", lines);
    }

    /** A call that was put into the order, and the state before it. */
    private record Done<S>(Entry entry, S before) {}

    /** Calls done, and the state that they led to. */
    private record Visited<S>(BitSet taken, S state) {
        static <S> Visited<S> of(BitSet before, int call, S state) {
            BitSet taken = (BitSet) before.clone();
            taken.set(call);
            return new Visited<>(taken, state);
        }
    }

    /** The beginnings and ends of all calls in the order of time. */
    private Entry entries(List<RecordedCall<A>> calls) {
        record Moment(long time, Entry entry) {}
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            Entry end = new Entry(i, null);
            moments.add(new Moment(calls.get(i).invoked(), new Entry(i, end)));
            moments.add(new Moment(calls.get(i).returned(), end));
        }
        moments.sort(Comparator.comparingLong(Moment::time));
        Entry head = new Entry(-1, null);
        Entry last = head;
        for (Moment moment : moments) {
            last.next = moment.entry();
            moment.entry().previous = last;
            last = moment.entry();
        }
        return head;
    }

    /** The beginning of a call, which knows its end, or an end. */
    private static final class Entry {
        private final int call;
        private final @Nullable Entry end;
        private @Nullable Entry previous;
        private @Nullable Entry next;

        Entry(int call, @Nullable Entry end) {
            this.call = call;
            this.end = end;
        }

        void takeOut() {
            unlink(this);
            unlink(end);
        }

        /** In the reverse order of taking out, so that the neighbours are those of then. */
        void putBack() {
            link(end);
            link(this);
        }

        private static void unlink(@Nullable Entry entry) {
            entry.previous.next = entry.next;
            if (entry.next != null) {
                entry.next.previous = entry.previous;
            }
        }

        private static void link(@Nullable Entry entry) {
            entry.previous.next = entry;
            if (entry.next != null) {
                entry.next.previous = entry;
            }
        }
    }
}
