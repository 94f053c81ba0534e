package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Computes requests that were claimed together, and answers each of them. */
final class BatchCall {
    private final GuardedModel model;
    private final String name;
    private final BatchingOptions options;
    private final int[] preferred;
    private final BatchTime time;
    private final LongAdder busyNanos = new LongAdder();

    BatchCall(GuardedModel model, String name, BatchingOptions options, BatchTime time) {
        this.model = model;
        this.name = name;
        this.options = options;
        this.preferred = options.padding() == BatchingOptions.Padding.NONE ? new int[0] : options.preferredRows();
        this.time = time;
    }

    /** Counts the time of a call. */
    void worked(long nanos) {
        busyNanos.add(nanos);
    }

    long busyNanos() {
        return busyNanos.sum();
    }

    void run(List<Request> members) {
        Wakeups wakeups = new Wakeups(members);
        for (Request member : members) {
            member.wokenBy(wakeups);
        }
        try {
            compute(members);
        } catch (RegistryException e) {
            members.forEach(member -> member.fail(e));
        } catch (Throwable e) {
            PredictionFailedException failure = new PredictionFailedException(name, e.toString(), e);
            members.forEach(member -> member.fail(failure));
        }
        wakeups.begin();
        // Last, because what depends on a future runs here.
        members.forEach(Request::complete);
    }

    private void compute(List<Request> members) {
        Request first = members.get(0);
        int rows = members.stream().mapToInt(Request::weight).sum();
        int padding = first.rows == 0 ? 0 : paddingFor(rows);
        if (members.size() == 1 && padding == 0) {
            long begun = System.nanoTime();
            Tensors outputs = compute(first.inputs, first.outputs, first.rows);
            long ended = System.nanoTime();
            worked(ended - begun);
            serve(first, outputs, begun, ended);
            time.measured(rows, ended - begun);
            return;
        }
        List<Tensors> inputs = new ArrayList<>(members.size() + 1);
        members.forEach(member -> inputs.add(member.inputs));
        if (padding > 0) {
            inputs.add(Rows.repeatLast(members.get(members.size() - 1).inputs, padding));
        }
        long begun = System.nanoTime();
        List<Outcome<Tensors>> outcomes = model.compute(inputs, first.outputs);
        long ended = System.nanoTime();
        worked(ended - begun);
        boolean allWell = true;
        for (int i = 0; i < members.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Failure<Tensors> failure) {
                allWell = false;
                members.get(i).fail(failure.error());
            } else {
                serve(members.get(i), outcomes.get(i).orThrow(), begun, ended);
            }
        }
        if (allWell) {
            time.measured(rows + padding, ended - begun);
        }
    }

    private static void serve(Request request, Tensors outputs, long begun, long ended) {
        request.serve(new Served(outputs, Math.max(0, begun - request.arrived), ended - begun));
    }

    private int paddingFor(int rows) {
        for (int size : preferred) {
            if (size >= rows && size <= options.maxRows()) {
                return size - rows;
            }
        }
        return 0;
    }

    /**
     * Computes one input, in parts if it is larger than a batch may be.
     *
     * @param rows 0 if it has none to split it by
     */
    Tensors compute(Tensors inputs, List<String> outputs, int rows) {
        int maxRows = options.isOff() ? Integer.MAX_VALUE : options.maxRows();
        if (rows <= maxRows) {
            return model.compute(inputs, outputs);
        }
        List<Tensors> parts = new ArrayList<>();
        for (Tensors part : Rows.split(inputs, maxRows)) {
            parts.add(model.compute(part, outputs));
        }
        return Rows.join(parts);
    }
}
