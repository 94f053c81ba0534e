package io.modelregistry.inference.djl;

import io.modelregistry.inference.Availability;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.PredictorProvider;
import io.modelregistry.model.Framework;
import java.util.List;

/**
 * Runs TorchScript on the PyTorch engine of DJL.
 *
 * <p>A TorchScript file names neither inputs nor outputs, so the signature must be declared: inputs are passed in its
 * order, and outputs are taken by name from a model that returns a dictionary, in its order otherwise. What comes back
 * is checked against it in each call.
 *
 * <p>Devices are {@code cpu}, and {@code cuda:0} and so on with a GPU build of the native library. How many threads
 * share one operator is fixed when the engine starts, for the whole process: 1, or what the system property
 * {@code ai.djl.pytorch.num_threads} says.
 */
public final class TorchScriptPredictorProvider implements PredictorProvider {
    /** The id of this provider. */
    public static final String ID = "pytorch";

    /** What a host adds to its dependencies. */
    private static final String ARTIFACTS = "ai.djl:api:0.36.0, ai.djl.pytorch:pytorch-engine:0.35.1,"
            + " ai.djl.pytorch:pytorch-jni:2.7.1-0.35.1 and ai.djl.pytorch:pytorch-native-cpu:2.7.1 with the classifier"
            + " of the machine such as linux-x86_64";

    /** Made by the service loader, or by a host that passes it in the load options. */
    public TorchScriptPredictorProvider() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public boolean accepts(ModelSource source) {
        return source.framework().sameNameAs(Framework.TORCHSCRIPT);
    }

    @Override
    public Availability availability() {
        try {
            return TorchScriptEngine.availability();
        } catch (LinkageError e) {
            return unavailable(e);
        }
    }

    static Availability unavailable(Throwable failure) {
        return Availability.notStarting("PyTorch", failure, ARTIFACTS);
    }

    @Override
    public List<String> devices() {
        return availability().isAvailable() ? TorchScriptEngine.devices() : List.of();
    }

    /** The size of its file, which is all there is to a model of this kind. */
    @Override
    public long estimateMemory(ModelSource source, LoadOptions options) {
        return source.primaryPath().toFile().length();
    }

    @Override
    public EngineSession load(ModelSource source, LoadOptions options) {
        return TorchScriptLoader.load(source, options);
    }
}
