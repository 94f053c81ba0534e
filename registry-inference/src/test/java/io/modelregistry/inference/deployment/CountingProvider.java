package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Availability;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.PredictorProvider;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.TensorSignature;
import java.util.List;

/** Another engine, with its sessions counted and watched. */
final class CountingProvider implements PredictorProvider {
    private final PredictorProvider engine;
    private final SessionCount count;

    CountingProvider(PredictorProvider engine, SessionCount count) {
        this.engine = engine;
        this.count = count;
    }

    @Override
    public String id() {
        return engine.id();
    }

    @Override
    public boolean accepts(ModelSource source) {
        return engine.accepts(source);
    }

    @Override
    public Availability availability() {
        return engine.availability();
    }

    @Override
    public List<String> devices() {
        return engine.devices();
    }

    @Override
    public EngineSession load(ModelSource source, LoadOptions options) {
        return watch(engine.load(source, options), count);
    }

    /** A session that was just opened, counted and watched. */
    static EngineSession watch(EngineSession session, SessionCount count) {
        count.opened.incrementAndGet();
        return new Counted(session, count);
    }

    private static final class Counted implements EngineSession {
        private final EngineSession session;
        private final SessionCount count;
        private volatile boolean isClosed;

        Counted(EngineSession session, SessionCount count) {
            this.session = session;
            this.count = count;
        }

        @Override
        public TensorSignature signature() {
            return session.signature();
        }

        @Override
        public PredictorDescription description() {
            return session.description();
        }

        @Override
        public Tensors run(Tensors inputs, List<String> outputs) {
            if (isClosed) {
                count.misused.incrementAndGet();
                throw new IllegalStateException("The session is closed");
            }
            Tensors computed = session.run(inputs, outputs);
            if (isClosed) {
                count.misused.incrementAndGet();
            }
            return computed;
        }

        @Override
        public void close() {
            isClosed = true;
            session.close();
            count.closed.incrementAndGet();
        }
    }
}
