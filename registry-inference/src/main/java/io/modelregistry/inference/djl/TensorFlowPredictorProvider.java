package io.modelregistry.inference.djl;

import io.modelregistry.inference.Availability;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.PredictorProvider;
import io.modelregistry.model.Framework;
import java.util.List;

/**
 * Runs TensorFlow SavedModels on the TensorFlow engine of DJL.
 *
 * <p>The signature {@code serving_default} of the graph tagged {@code serve} is run; the engine options
 * {@link #SIGNATURE} and {@link #TAGS} name others. Names, types and dimensions come from it, in the order of the
 * names. Devices are {@code cpu}, and {@code cuda:0} with the GPU build of the native library.
 *
 * <p>One operator after the other runs on the calling thread, unless the load options ask for several at a time. How
 * many threads share one operator is fixed when the engine starts, for the whole process: 1, or what the system
 * property {@code ai.djl.tensorflow.num_intraop_threads} says.
 */
public final class TensorFlowPredictorProvider implements PredictorProvider {
    /** The id of this provider. */
    public static final String ID = "tensorflow";

    /** The engine option that names the signature to run. */
    public static final String SIGNATURE = "signature";

    /** The engine option that names the graph to load by its tags, separated by commas. */
    public static final String TAGS = "tags";

    /** What a host adds to its dependencies. */
    private static final String ARTIFACTS =
            "ai.djl:api:0.36.0, ai.djl.tensorflow:tensorflow-engine:0.36.0 and, without what it"
                    + " depends on, org.tensorflow:tensorflow-core-native:1.0.0 with the classifier of the machine"
                    + " such as linux-x86_64";

    static final String FILE = "saved_model.pb";

    /** Made by the service loader, or by a host that passes it in the load options. */
    public TensorFlowPredictorProvider() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public boolean accepts(ModelSource source) {
        return source.framework().sameNameAs(Framework.TENSORFLOW)
                || source.primaryFile().equals(FILE)
                || source.primaryFile().endsWith("/" + FILE);
    }

    @Override
    public Availability availability() {
        try {
            return TensorFlowEngine.availability();
        } catch (LinkageError e) {
            return unavailable(e);
        }
    }

    static Availability unavailable(Throwable failure) {
        return Availability.notStarting("TensorFlow", failure, ARTIFACTS);
    }

    @Override
    public List<String> devices() {
        return availability().isAvailable() ? TensorFlowDevice.offered() : List.of();
    }

    @Override
    public EngineSession load(ModelSource source, LoadOptions options) {
        return TensorFlowLoader.load(source, options);
    }
}
