package io.modelregistry.serialization;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stack and memo of the pickle machine, bounded. What does not work out is a {@link BrokenPickleException}. */
final class PickleStack {
    private static final int MAX_DEPTH = 100_000;
    private static final int MAX_MEMO = 200_000;
    private static final int MAX_TUPLE = 64;

    private final Deque<PickleValue> values = new ArrayDeque<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();

    void push(PickleValue value) throws BrokenPickleException {
        if (values.size() >= MAX_DEPTH) {
            throw BrokenPickleException.limit("its stack grows beyond " + MAX_DEPTH + " entries");
        }
        values.push(value);
    }

    PickleValue pop() throws BrokenPickleException {
        @Nullable PickleValue value = values.poll();
        if (value == null || value instanceof PickleValue.Mark) {
            throw new BrokenPickleException("an instruction takes more from the stack than there is");
        }
        return value;
    }

    /** Takes the top, also if it is a mark: what POP does. */
    void drop() throws BrokenPickleException {
        if (values.poll() == null) {
            throw new BrokenPickleException("an instruction takes more from the stack than there is");
        }
    }

    PickleValue top() throws BrokenPickleException {
        @Nullable PickleValue value = values.peek();
        if (value == null || value instanceof PickleValue.Mark) {
            throw new BrokenPickleException("an instruction needs a value where there is none");
        }
        return value;
    }

    /** Takes everything above the last mark, and the mark; the oldest first, and only the first few of many. */
    List<PickleValue> popGroup(int keep) throws BrokenPickleException {
        List<PickleValue> newestFirst = new ArrayList<>();
        while (true) {
            @Nullable PickleValue value = values.poll();
            if (value == null) {
                throw new BrokenPickleException("a group ends that never began");
            }
            if (value instanceof PickleValue.Mark) {
                break;
            }
            newestFirst.add(value);
        }
        List<PickleValue> group = new ArrayList<>();
        for (int i = newestFirst.size() - 1; i >= 0 && group.size() < keep; i--) {
            group.add(newestFirst.get(i));
        }
        return group;
    }

    PickleValue popTuple() throws BrokenPickleException {
        return new PickleValue.Tuple(List.copyOf(popGroup(MAX_TUPLE)));
    }

    PickleValue popTuple(int size) throws BrokenPickleException {
        List<PickleValue> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(0, pop());
        }
        return new PickleValue.Tuple(List.copyOf(items));
    }

    void remember(long index) throws BrokenPickleException {
        if (memo.size() >= MAX_MEMO) {
            throw BrokenPickleException.limit("it remembers more than " + MAX_MEMO + " values");
        }
        memo.put(index, top());
    }

    void rememberNext() throws BrokenPickleException {
        remember(memo.size());
    }

    void recall(long index) throws BrokenPickleException {
        PickleValue value = memo.get(index);
        if (value == null) {
            throw new BrokenPickleException("it recalls value " + index + ", which it never kept");
        }
        push(value);
    }
}
