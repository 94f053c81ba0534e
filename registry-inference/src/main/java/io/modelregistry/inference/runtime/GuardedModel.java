package io.modelregistry.inference.runtime;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.internal.UserCount;
import io.modelregistry.model.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a predictor: counted, none after {@link #stop}, and whatever it throws comes out as an error of this
 * library.
 */
final class GuardedModel {
    private final Predictor predictor;
    private final String name;
    private final CountDownLatch allReturned = new CountDownLatch(1);
    private final UserCount calls = new UserCount(allReturned::countDown);

    GuardedModel(Predictor predictor, String name) {
        this.predictor = predictor;
        this.name = name;
    }

    /** Computes one input. */
    Tensors compute(Tensors inputs, List<String> outputs) {
        enter();
        try {
            return predictor.predict(inputs, outputs);
        } catch (RegistryException e) {
            throw e;
        } catch (Throwable e) {
            throw failed(e.toString(), e);
        } finally {
            calls.leave();
        }
    }

    /** Computes several inputs, one by one if computing them together fails. */
    List<Outcome<Tensors>> compute(List<Tensors> inputs, List<String> outputs) {
        enter();
        try {
            List<Outcome<Tensors>> outcomes = predictor.predictBatch(inputs, outputs);
            if (outcomes.size() != inputs.size()) {
                throw failed("it gave " + outcomes.size() + " outcomes for " + inputs.size() + " inputs", null);
            }
            return outcomes;
        } catch (RegistryException e) {
            throw e;
        } catch (Throwable e) {
            if (inputs.size() == 1) {
                throw failed(e.toString(), e);
            }
        } finally {
            calls.leave();
        }
        return oneByOne(inputs, outputs);
    }

    private List<Outcome<Tensors>> oneByOne(List<Tensors> inputs, List<String> outputs) {
        List<Outcome<Tensors>> outcomes = new ArrayList<>(inputs.size());
        for (Tensors each : inputs) {
            try {
                outcomes.add(new Outcome.Success<>(compute(each, outputs)));
            } catch (RegistryException e) {
                outcomes.add(new Outcome.Failure<>(e));
            }
        }
        return outcomes;
    }

    private void enter() {
        if (!calls.enter()) {
            throw new BatcherClosedException(name);
        }
    }

    private PredictionFailedException failed(String why, @Nullable Throwable cause) {
        return new PredictionFailedException(name, why, cause);
    }

    /** Begins no call any more. */
    void stop() {
        calls.close();
    }

    /** The number of calls under way. */
    int running() {
        return calls.count();
    }

    boolean isStopped() {
        return calls.isClosed();
    }

    /** Waits until the calls under way have returned, after {@link #stop}. */
    boolean awaitReturned(long nanos) throws InterruptedException {
        return allReturned.await(nanos, TimeUnit.NANOSECONDS);
    }
}
