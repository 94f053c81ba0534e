package io.modelregistry.inference;

import io.modelregistry.inference.internal.UserCount;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Puts checks, batches and a safe close around an engine's session. */
final class CheckedPredictor implements Predictor {
    private final EngineSession session;
    private final TensorSignature signature;
    private final PredictorDescription description;
    private final SignatureCheck check;
    private final @Nullable NarrowedOutputs narrowed;
    private final Batching batching;
    private final UserCount users;

    /**
     * A predictor over a session that it closes.
     *
     * @param whenReleased runs once, after the session was closed
     */
    CheckedPredictor(EngineSession session, TensorSignature signature, int maxBatch, Runnable whenReleased) {
        this.session = session;
        this.signature = signature;
        this.description = session.description();
        this.check = new SignatureCheck(description.model(), signature);
        this.narrowed = NarrowedOutputs.of(description.model(), signature, session.signature());
        this.batching = new Batching(signature, check, this::run, maxBatch);
        this.users = new UserCount(() -> release(session, whenReleased));
    }

    private static void release(EngineSession session, Runnable whenReleased) {
        try {
            session.close();
        } finally {
            whenReleased.run();
        }
    }

    @Override
    public TensorSignature signature() {
        return signature;
    }

    @Override
    public PredictorDescription description() {
        return description;
    }

    @Override
    public Tensors predict(Tensors inputs, List<String> outputs) {
        enter();
        try {
            check.inputs(inputs);
            return run(inputs, check.outputs(outputs));
        } finally {
            users.leave();
        }
    }

    @Override
    public void predictInto(Tensors inputs, Tensors outputs) {
        enter();
        try {
            check.inputs(inputs);
            check.targets(outputs);
            session.runInto(inputs, outputs);
        } catch (RegistryException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(e);
        } finally {
            users.leave();
        }
    }

    @Override
    public List<Outcome<Tensors>> predictBatch(List<Tensors> inputs, List<String> outputs) {
        enter();
        try {
            return batching.run(inputs, check.outputs(outputs));
        } finally {
            users.leave();
        }
    }

    private Tensors run(Tensors inputs, List<String> outputs) {
        try {
            Tensors computed = session.run(inputs, outputs);
            if (narrowed != null) {
                narrowed.check(computed);
            }
            return computed;
        } catch (RegistryException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    private PredictionFailedException failed(RuntimeException cause) {
        return new PredictionFailedException(description.model(), cause.toString(), cause);
    }

    private void enter() {
        if (!users.enter()) {
            throw new PredictorClosedException(description.model());
        }
    }

    @Override
    public OptionalLong memoryBytes() {
        if (!users.enter()) {
            return OptionalLong.empty();
        }
        try {
            return session.memoryBytes();
        } finally {
            users.leave();
        }
    }

    @Override
    public boolean isClosed() {
        return users.isClosed();
    }

    @Override
    public void close() {
        users.close();
    }

    @Override
    public String toString() {
        return description + (isClosed() ? ", closed" : "");
    }
}
