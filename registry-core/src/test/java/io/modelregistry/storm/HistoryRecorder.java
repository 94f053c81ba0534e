package io.modelregistry.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Records what clients call, and in which order calls begin and end. Thread-safe. */
final class HistoryRecorder<A extends HistoryRecorder.Act> {
    private final AtomicLong moments = new AtomicLong();
    private final Queue<RecordedCall<A>> calls = new ConcurrentLinkedQueue<>();

    /** What was asked and answered. */
    interface Act {
        /** Whether the answer is known. */
        boolean isAnswered();
    }

    /** Something that is called and tells what it asked and was answered. */
    @FunctionalInterface
    interface Client<A> {
        /** Calls. */
        A call() throws Exception;
    }

    /** Makes a call. */
    void record(String subject, Client<A> client) throws Exception {
        long invoked = moments.incrementAndGet();
        A act = client.call();
        long returned = act.isAnswered() ? moments.incrementAndGet() : RecordedCall.NEVER;
        calls.add(new RecordedCall<>(subject, act, invoked, returned));
    }

    int size() {
        return calls.size();
    }

    /** The calls on each object. */
    Map<String, List<RecordedCall<A>>> bySubject() {
        Map<String, List<RecordedCall<A>>> found = new TreeMap<>();
        calls.forEach(call -> found.computeIfAbsent(call.subject(), subject -> new ArrayList<>())
                .add(call));
        return found;
    }
}
